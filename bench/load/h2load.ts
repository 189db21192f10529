import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Load, Pressure } from "./load.ts";

const run = promisify(execFile);

/** A request that h2load sends again and again: unlike wrk's scripts it can't change the body. */
export interface FixedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How many bytes the body of a right answer has. In gRPC, failures have status 200 too, and no body. */
  readonly answerBytes: number;
}

/** One answer, as h2load's log has it. */
export interface LoggedAnswer {
  /** The HTTP status; 0 for a request that was not answered. */
  readonly status: number;
  readonly ms: number;
}

/** How to send it. */
export interface H2Pressure extends Pressure {
  /** How many requests a connection has in flight; 1 when not given. */
  readonly streams?: number;
  /** How many requests to begin in a second, all connections together, answered or not; as many as go when not given. */
  readonly offered?: number;
}

/** Loads a server over HTTP/2 with h2load. */
export async function h2load(url: string, request: FixedRequest, pressure: H2Pressure): Promise<Load> {
  const { answers, bodyBytes, errors } = await h2loadLog(url, request, pressure);
  const refused = answers.filter(({ status }) => status < 200 || status > 299).length;
  const right = Math.floor(bodyBytes / request.answerBytes);
  const wrong = [
    refused > 0 && `${refused} of ${answers.length} refused`,
    right < answers.length && `${answers.length - right} of ${answers.length} without a right answer`,
    errors > 0 && `${errors} broken`,
    answers.length === 0 && "no answers",
  ].filter((part) => part !== false);
  const latencies = sorted(answers);
  return {
    requests: answers.length,
    requestsPerSecond: answers.length / pressure.seconds,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    ...(wrong.length > 0 && { wrong: wrong.join(", ") }),
  };
}

/** The same, answer by answer. */
export async function h2loadLog(url: string, request: FixedRequest, pressure: H2Pressure) {
  const { connections, seconds, threads, streams = 1, offered } = pressure;
  const folder = await mkdtemp(join(tmpdir(), "streakd-h2load-"));
  try {
    const [body, log] = [join(folder, "body"), join(folder, "log")];
    await writeFile(body, request.body);
    const { stdout } = await run("h2load", [
      ...["--clients", `${connections}`, "--max-concurrent-streams", `${streams}`],
      ...["--threads", `${Math.min(threads, connections)}`, "--duration", `${seconds}`],
      ...(offered === undefined ? [] : ["--rps", `${Math.ceil(offered / connections)}`]),
      ...Object.entries(request.headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
      ...["--data", body, "--log-file", log, `${url}${request.path}`],
    ]);
    return {
      // What is in flight at the end is not answered, and no failure.
      answers: (await readLog(log)).filter(({ status }) => status !== 0),
      bodyBytes: Number(/ \((\d+)\) data$/m.exec(stdout)?.[1]),
      errors: Number(/(\d+) errored/.exec(stdout)?.[1]),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The latencies of answers in milliseconds, in ascending order. */
export function sorted(answers: readonly Pick<LoggedAnswer, "ms">[]): Float64Array {
  return Float64Array.from(answers, ({ ms }) => ms).sort();
}

/** The value that so many percent of ascending ones stay at or below; NaN of none. */
export function percentile(ascending: ArrayLike<number>, percent: number): number {
  return ascending[Math.max(0, Math.ceil((ascending.length * percent) / 100) - 1)] ?? Number.NaN;
}

async function readLog(path: string): Promise<LoggedAnswer[]> {
  const lines = (await readFile(path, "utf8")).split("\n");
  lines.pop();
  return lines.map((line) => {
    const [, status, micros] = line.split("\t");
    return { status: Number(status), ms: Number(micros) / 1000 };
  });
}
