import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
const ROOT = new URL("../../", import.meta.url);

/** How long a server may take to listen, in milliseconds, before it counts as hanging. */
const PATIENCE_MS = 60_000;

/** A server under measurement, in a process of its own that ends with this one at the latest. */
export interface Program extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** From its spawning until it said that it listens, in milliseconds. */
  readonly startMs: number;
  /** Where its inspector listens; undefined unless it was asked for. */
  readonly inspectorUrl: string | undefined;
  /** How many lines it has written so far. */
  lineCount(): number;
  /** Kills it, if it has not ended. */
  kill(): void;
  /** Shuts it down as an operator would. */
  stop(): Promise<void>;
}

/** What to start. */
export interface ProgramOptions {
  /** The program, as a path in the checkout. */
  readonly path: string;
  /** Its settings. It sees nothing else of the environment but `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where to leave a CPU profile of its whole life; none when not given. */
  readonly profile?: { readonly folder: string; readonly name: string } | undefined;
  /** Whether Node's inspector listens, on a free port of this machine. */
  readonly hasInspector?: boolean;
}

/**
 * Starts a server as `npm start` does, and waits until it says that it listens.
 *
 * @throws when it ends or hangs before, with what it has written
 */
export async function startProgram({ path, env, profile, hasInspector }: ProgramOptions): Promise<Program> {
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      `--import=${new URL("test/support/die-with-parent.ts", ROOT)}`,
      ...(profile === undefined
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${profile.folder}`, `--cpu-prof-name=${profile.name}`]),
      ...(hasInspector ? ["--inspect=127.0.0.1:0"] : []),
      fileURLToPath(new URL(path, ROOT)),
    ],
    // Not in the terminal's process group: Ctrl-C is for the bench, which ends its servers.
    { env: { PATH: process.env.PATH, ...env }, stdio: "pipe", detached: true },
  );
  let output = "";
  let lines = 0;
  let inspectorUrl: string | undefined;
  const keep = (text: string) => {
    output = (output + text).slice(-10_000);
  };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    keep(text);
    inspectorUrl ??= /Debugger listening on (ws:\S+)/.exec(text)?.[1];
  });

  const port = await new Promise<number>((resolve, reject) => {
    const fail = (problem: string) => () => {
      child.kill("SIGKILL");
      reject(new Error(`${path} ${problem}:\n${output}`));
    };
    const timer = setTimeout(fail("does not listen"), PATIENCE_MS);
    child.on("close", fail("ended"));
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines += 1;
      keep(`${line}\n`);
      if (line.includes('"msg":"listening"')) {
        clearTimeout(timer);
        resolve(JSON.parse(line).port);
      }
    });
  });
  const startMs = performance.now() - start;

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    startMs,
    inspectorUrl,
    lineCount: () => lines,
    kill: () => void child.kill("SIGKILL"),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
