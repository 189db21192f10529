import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import { findTool } from "./tools.ts";

/** Whether there is a Redis for tests. */
export const redisTool = findTool(
  ["redis-server", "--version"],
  "Redis is missing: run scripts/test-servers.sh to try what streakd keeps in Redis",
);

/**
 * Runs a server until stdin ends, which it does when the test's process ends, in whatever way. It ends a paused server too.
 * Writes the server's process id, then what the server writes, and exits with the server's status. The process
 * writes its own id before it becomes Redis, so that nothing comes before the id.
 */
const KEEPER = 'sh -c \'echo $$; exec redis-server "$@"\' sh "$@" & exec >&- 2>&-; read _; kill -9 $!; wait $!';

/** The status that shells give a process that SIGKILL has ended. */
const KILLED = 128 + 9;

/** A real Redis in a process of its own, empty at first, that keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  /** Where it serves, such as `redis://127.0.0.1:41234`. */
  readonly uri: string;
  readonly port: number;
  /** Sends it a command over a connection of its own. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Forgets everything. */
  flush(): Promise<void>;
  /** Stops the process. The system still accepts connections, but nothing is answered until `resume`. */
  pause(): void;
  resume(): void;
  /**
   * Ends it with SIGKILL.
   *
   * @throws when it had ended before
   */
  kill(): Promise<void>;
  /** Starts it again on the same port, after `kill`; empty. */
  restart(): Promise<void>;
}

/**
 * Starts a Redis on a free port of this machine and waits until it takes commands.
 *
 * @param settings further settings, such as `["--maxmemory", "1mb"]`
 * @throws when it ends before, with what it has written
 */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), "streakd-redis-"));
  let running = await start();

  async function start() {
    const fixed = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"];
    // In a process group of its own, so that Ctrl-C reaches it only through the end of stdin.
    const keeper = spawn("sh", ["-c", KEEPER, "sh", ...fixed, ...settings], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    return { keeper, pid: await readiness(keeper) };
  }

  async function stop(): Promise<void> {
    if (running.keeper.exitCode === null) {
      running.keeper.stdin.end();
      await once(running.keeper, "exit");
    }
  }

  async function kill(): Promise<void> {
    await stop();
    if (running.keeper.exitCode !== KILLED) {
      throw new Error(`redis-server had ended before it was killed, with ${running.keeper.exitCode}`);
    }
  }

  async function command(name: string, ...args: (string | number)[]): Promise<unknown> {
    const redis = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: null });
    try {
      await redis.connect();
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  return {
    uri: `redis://127.0.0.1:${port}`,
    port,
    command,
    async flush() {
      await command("FLUSHALL");
    },
    pause() {
      process.kill(running.pid, "SIGSTOP");
    },
    resume() {
      process.kill(running.pid, "SIGCONT");
    },
    kill,
    async restart() {
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until the server of a keeper takes commands, and returns its process id. */
async function readiness(keeper: ChildProcessByStdio<Writable, Readable, null>): Promise<number> {
  let pid: number | undefined;
  let output = "";
  const lines = createInterface({ input: keeper.stdout });
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      pid ??= Number(line);
      output += `${line}\n`;
      if (line.includes("Ready to accept connections")) {
        resolve(pid);
      }
    });
    lines.on("close", () => {
      keeper.stdin.end();
      reject(new Error(`redis-server ended:\n${output}`));
    });
  });
}
