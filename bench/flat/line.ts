import type { Load } from "../load/load.ts";
import { wrk } from "../load/wrk.ts";
import { costOf } from "../measure/cost.ts";
import type { Program } from "../measure/program.ts";
import { mebibytes, short, tableOf } from "../report/table.ts";

/** The connections that each kind of request is measured at. */
const CONNECTIONS = 64;

/** What one kind of request costs. */
export interface RequestCost extends Load {
  /** The server's time on the CPU for each, in microseconds; undefined where the system does not tell. */
  readonly cpuMicros: number | undefined;
}

/** What is measured with so many users in the store. */
export interface Line {
  readonly store: string;
  readonly users: number;
  /** From spawning the server until it is ready, in milliseconds; undefined for one that had been running. */
  readonly startMs?: number;
  /** The memory before the requests below, and after, in bytes. */
  readonly rssBefore: number | undefined;
  readonly rssAfter: number | undefined;
  /** First events of new users, events of any user of the store on a day that is done, and reads of such a user's state. */
  readonly fresh: RequestCost;
  readonly repeat: RequestCost;
  readonly state: RequestCost;
  readonly storedBytes?: number;
}

/** Measures a server with users 1 to `users` in its store; those that are new to it are the next ones. */
export async function measureLine(
  { url, pid }: Program,
  users: number,
  seconds: number,
): Promise<Pick<Line, "rssBefore" | "rssAfter" | "fresh" | "repeat" | "state"> & { readonly usersAfter: number }> {
  const rss = () => costOf(pid)?.rssBytes;
  const load = async (script: string, rest: readonly string[]): Promise<RequestCost> => {
    const before = costOf(pid)?.cpuSeconds ?? Number.NaN;
    const pressure = { connections: CONNECTIONS, seconds, threads: 1 };
    const result = await wrk(url, script, pressure, { protocol: "rest", rest });
    const cpuSeconds = (costOf(pid)?.cpuSeconds ?? Number.NaN) - before;
    return { ...result, cpuMicros: Number.isNaN(cpuSeconds) ? undefined : (cpuSeconds * 1e6) / result.requests };
  };
  const rssBefore = rss();
  await load("anyone", [`${users}`]); // not counted: the server's code has to be hot
  const repeat = await load("anyone", [`${users}`]);
  const state = await load("anyone", [`${users}`, "state"]);
  const fresh = await load("grow", [`${users + 1}`]);
  return { rssBefore, rssAfter: rss(), fresh, repeat, state, usersAfter: users + fresh.requests };
}

/** All lines as text. */
export function describeLines(lines: readonly Line[]): string {
  const head = [
    ...["store", "server", "users", "start ms", "RSS MiB", "after"],
    ...["new/s", "CPU µs", "repeat/s", "CPU µs", "state/s", "CPU µs", "stored MiB", "B/user"],
  ];
  const kind = ({ wrong, requestsPerSecond, cpuMicros }: RequestCost) =>
    wrong === undefined ? [short(requestsPerSecond), short(cpuMicros)] : ["ERROR", wrong];
  const rows = lines.map((line) => [
    line.store,
    line.startMs === undefined ? "had been running" : "just started",
    line.users.toLocaleString("en"),
    short(line.startMs),
    mebibytes(line.rssBefore),
    mebibytes(line.rssAfter),
    ...[line.fresh, line.repeat, line.state].flatMap(kind),
    mebibytes(line.storedBytes),
    short(line.storedBytes === undefined ? undefined : line.storedBytes / line.users),
  ]);
  return tableOf(head, rows, 2);
}
