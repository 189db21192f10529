import type { Result } from "../results.ts";
import { mebibytes, short, tableOf } from "./table.ts";

const HEAD = [
  ...["scenario", "conn", "contender", "req/s", "ratio", "to base"],
  ...["p50 ms", "p99 ms", "CPU µs/req", "db CPU µs", "RSS MiB"],
];

/** What the columns and the scenarios mean, for below the table. */
const LEGEND = [
  "All numbers are medians of the rounds. ratio: req/s by those of the base, round by round. CPU: of the server's processes, from /proc,",
  "so it does not depend on the generator; db CPU: of MongoDB and Redis together. Every connection waits for an answer before it sends again.",
  "unique: every event is of a new user. repeats: 200 users who have done today. mix: 70 % repeats, 20 % new users, 10 % state reads. links: every request links a new visitor to a user.",
  "gRPC is loaded by h2load, whose body is fixed: its repeats are all of ONE user, so nothing new is stored. The rest is loaded by wrk.",
];

/** The results as text. A row whose answers were not all right has no numbers. */
export function describeResults(results: readonly Result[]): string {
  const lines = results.map((result) => {
    const { scenario, connections, contender, base } = result.row;
    const oneUser = contender.protocol === "grpc" && scenario === "repeats" ? " (one user)" : "";
    const names = [`${scenario}${oneUser}`, `${connections}`, contender.name];
    return result.wrong === undefined
      ? [
          ...names,
          ...[short(result.requestsPerSecond), short(result.ratio), base?.contender.name ?? ""],
          ...[short(result.p50Ms), short(result.p99Ms), short(result.cpuMicros), short(result.databaseCpuMicros)],
          mebibytes(result.rssBytes),
        ]
      : [...names, "ERROR", "", `${result.wrong}`];
  });
  return [tableOf(HEAD, lines, 3), "", ...LEGEND].join("\n");
}
