import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Load, Pressure, Protocol } from "./load.ts";

const run = promisify(execFile);

/** The folder of the scripts, where they find each other. */
const SCRIPTS = fileURLToPath(new URL(".", import.meta.url));

/** A request that takes longer counts as broken, in seconds. Longer than streakd lets an event wait. */
const TIMEOUT_S = 15;

/** What a script's `done` prints. */
interface Report {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with a status of 400 or more. */
  readonly refused: number;
  /** Connections and requests that failed or took too long. */
  readonly broken: number;
}

/** What a script does beyond what its name says. */
export interface ScriptOptions {
  readonly protocol: Exclude<Protocol, "grpc">;
  /** The zone that every event names; none when not given. */
  readonly zone?: string;
  /** Further arguments of the script. */
  readonly rest?: readonly string[];
}

/** Loads a server over HTTP/1.1 with wrk and one of the Lua scripts. */
export async function wrk(url: string, script: string, pressure: Pressure, options: ScriptOptions): Promise<Load> {
  const report = await wrkReport(url, script, pressure, options);
  const wrong = [
    report.refused > 0 && `${report.refused} of ${report.requests} refused`,
    report.broken > 0 && `${report.broken} broken`,
    report.requests === 0 && "no answers",
  ].filter((part) => part !== false);
  return {
    requests: report.requests,
    requestsPerSecond: report.requests / report.seconds,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    ...(wrong.length > 0 && { wrong: wrong.join(", ") }),
  };
}

/** The same, as the script itself reports it. */
export async function wrkReport<Extra = unknown>(
  url: string,
  script: string,
  { connections, seconds, threads }: Pressure,
  { protocol, zone = "", rest = [] }: ScriptOptions,
): Promise<Report & Extra> {
  const { stdout } = await run(
    "wrk",
    [
      ...["--connections", `${connections}`, "--threads", `${Math.min(threads, connections)}`],
      ...["--duration", `${seconds}s`, "--timeout", `${TIMEOUT_S}s`, "--script", `${script}.lua`],
      ...[url, "--", randomBytes(4).toString("hex"), protocol, zone, ...rest],
    ],
    { cwd: SCRIPTS },
  );
  const line = stdout.trimEnd().split("\n").at(-1) as string;
  return JSON.parse(line);
}
