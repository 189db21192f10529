import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How long an installed server may take to listen, and to end, in milliseconds, before it counts as hanging. */
const START_MS = 60_000;

/** A server that a test has started by a command, as a user would. */
export interface StartedServer extends AsyncDisposable {
  readonly url: string;
  /** The version that the log line "listening" holds. */
  readonly version: string;
  /** What it has written so far, to stdout and stderr. */
  readonly output: string;
  /**
   * Sends a signal to the command, SIGTERM unless another is named, and waits until it has ended. Returns the exit code;
   * null when a signal ended it.
   */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Runs a command that serves, and waits until it has logged that it listens.
 *
 * @param env all environment variables that it sees
 * @throws when it ends or hangs before, with what it has written
 */
export async function startServer(
  [command, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<StartedServer> {
  // In a process group of its own, so that all that it starts can be ended with it.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const timer = setTimeout(() => killGroup(child), START_MS);
  const { url, version } = await new Promise<{ url: string; version: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      if (line.includes('"msg":"listening"')) {
        resolve(JSON.parse(line));
      }
    });
    child.on("error", reject);
    child.on("close", () => reject(new Error(`${[command, ...args].join(" ")} ended:\n${output}`)));
  });
  clearTimeout(timer);

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "close");
      const hanging = setTimeout(() => killGroup(child), START_MS);
      child.kill(signal);
      await ended;
      clearTimeout(hanging);
    }
    return child.exitCode;
  }

  return {
    url,
    version,
    get output() {
      return output;
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) {
    process.kill(-pid, "SIGKILL");
  }
}
