import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * How long a server may take to listen, and to end after it was told to, in milliseconds, before it counts as hanging.
 * Less than the time that vitest gives a hook, because that would not show what the server has written.
 */
const TIMEOUT_MS = 25_000;

/** How to start a server. */
export interface ServerOptions {
  /** Where it keeps its data. When not given, a temporary folder that `stop` removes. */
  readonly dataDir?: string;
  /** What follows `streakd` on the command line. */
  readonly args?: readonly string[];
  /** Settings, as environment variables. Of the test's own environment the server sees nothing but `PATH` and where Node keeps compiled code. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server in a process of its own. It ends with the test's process at the latest, whatever becomes of that. */
export interface Server extends AsyncDisposable {
  /** Where it serves, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly port: number;
  readonly adminToken: string;
  readonly dataDir: string;
  /** What it has written so far, to stdout and stderr. */
  readonly output: string;
  /** Stops reading what it writes to stdout, until `resumeOutput`. */
  pauseOutput(): void;
  resumeOutput(): void;
  /** Sends a signal that does not end the process. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the process to end. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /**
   * Shuts the server down as an operator would, unless it was killed before.
   *
   * @throws when it had ended by itself, or does not shut down cleanly
   */
  stop(): Promise<void>;
}

/**
 * Starts the real server, as `npm start` does, on a free port of this machine, and waits until it is listening.
 *
 * @throws when it ends or hangs before, with what it has written
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "streakd-test-")));
  const adminToken = options.env?.ADMIN_TOKEN ?? "the-admin-token-of-tests";
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      `--import=${new URL("die-with-parent.ts", import.meta.url)}`,
      fileURLToPath(new URL("../../src/main.ts", import.meta.url)),
      ...(options.args ?? []),
    ],
    {
      // Where no developer keeps a `.env`.
      cwd: tmpdir(),
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        HOST: "127.0.0.1",
        PORT: "0",
        DATA_DIR: dataDir,
        ADMIN_TOKEN: adminToken,
        SHUTDOWN_DRAIN_MS: "0",
        ...options.env,
      },
    },
  );

  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const listening = new Promise<{ url: string; port: number }>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      if (line.startsWith('{"level":')) {
        const entry = JSON.parse(line);
        if (entry.msg === "listening") {
          resolve(entry);
        }
      }
    });
  });
  const ended = new Promise<Exit>((resolve) => {
    child.on("error", (error) => {
      output += error;
      resolve({ code: null, signal: null });
    });
    child.on("close", (code, signal) => resolve({ code, signal }));
  });

  async function inTime<T>(outcome: Promise<T>, verb: string): Promise<T> {
    const timer = setTimeout(() => {
      output += `[killed by the test, because it did not ${verb} within ${TIMEOUT_MS} ms]\n`;
      child.kill("SIGKILL");
    }, TIMEOUT_MS);
    try {
      return await outcome;
    } finally {
      clearTimeout(timer);
    }
  }

  function failure({ code, signal }: Exit): Error {
    return new Error(`the server ended with ${signal ?? `code ${code}`}:\n${output}`);
  }

  let killed = false;

  function kill(signal: NodeJS.Signals): Promise<Exit> {
    killed = true;
    child.kill(signal);
    return inTime(ended, "end");
  }

  async function stop(): Promise<void> {
    const exit = killed ? undefined : await kill("SIGTERM");
    if (options.dataDir === undefined) {
      await rm(dataDir, { recursive: true, force: true });
    }
    if (exit && exit.code !== 0) {
      throw failure(exit);
    }
  }

  const start = await inTime(Promise.race([listening, ended]), "listen");
  if (!("url" in start)) {
    killed = true;
    await stop();
    throw failure(start);
  }
  return {
    url: start.url,
    port: start.port,
    adminToken,
    dataDir,
    get output() {
      return output;
    },
    pauseOutput: () => void child.stdout.pause(),
    resumeOutput: () => void child.stdout.resume(),
    signal: (signal) => void child.kill(signal),
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
