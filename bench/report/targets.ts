import { BARE, ORDINARY, ORDINARY_EMBEDDED } from "../contenders.ts";
import type { Scenario } from "../load/load.ts";
import type { Result } from "../results.ts";
import { short } from "./table.ts";

const EMBEDDED = "streakd embedded";
const MONGO = "streakd MongoDB+Redis";

type Find = (contender: string, scenario: Scenario, connections: number) => Result | undefined;

/** Something that streakd is to reach. */
interface Target {
  readonly text: string;
  /** What was measured, and whether that is enough; undefined when it was not measured. */
  readonly measure: (find: Find) => { readonly value: string; readonly met: boolean } | undefined;
}

const TARGETS: readonly Target[] = [
  ...(["unique", "repeats", "mix"] as const).map((scenario) => ratio(EMBEDDED, "REST", scenario, 64, 0.75)),
  ...(["unique", "mix"] as const).map((scenario) => ratio(EMBEDDED, "REST", scenario, 256, 0.9)),
  ...(["unique", "mix"] as const).map((scenario) => ratio(MONGO, "REST", scenario, 64, 6)),
  ratio(EMBEDDED, "REST", "state", 64, 0.6),
  ...(["unique", "mix"] as const).map((scenario) => ratio(EMBEDDED, "Connect JSON", scenario, 64, 0.5)),
  ...(["unique", "mix"] as const).map((scenario) => ratio(EMBEDDED, "Connect binary", scenario, 64, 0.5)),
  ratio(EMBEDDED, "gRPC", "repeats", 64, 0.5),
  latency("p99Ms", `${EMBEDDED}, REST`, BARE, "unique", 64, 2),
  latency("p99Ms", `${EMBEDDED}, REST`, BARE, "mix", 64, 2),
  latency("p50Ms", `${EMBEDDED}, REST`, ORDINARY_EMBEDDED, "unique", 1, 1),
  latency("p50Ms", `${MONGO}, REST`, ORDINARY, "unique", 1, 1),
];

/** Each target with what was measured, as text. Nothing but a reader draws conclusions from it. */
export function describeTargets(results: readonly Result[]): string {
  const find: Find = (contender, scenario, connections) =>
    results.find(
      ({ row, wrong }) =>
        wrong === undefined &&
        row.contender.name === contender &&
        row.scenario === scenario &&
        row.connections === connections,
    );
  const lines = TARGETS.map(({ text, measure }) => {
    const measured = measure(find);
    return measured === undefined
      ? `  not measured  ${text}`
      : `  ${measured.met ? "met         " : "MISSED      "}  ${text}: ${measured.value}`;
  });
  return ["Targets", ...lines].join("\n");
}

/** Requests a second, by those of the base. */
function ratio(kind: string, protocol: string, scenario: Scenario, connections: number, least: number): Target {
  const contender = `${kind}, ${protocol}`;
  return {
    text: `${contender}: ${scenario} at ${connections} connections at least ${least} x the base`,
    measure(find) {
      const result = find(contender, scenario, connections);
      const value = result?.ratio;
      return value === undefined
        ? undefined
        : { value: `${short(value)} x ${result?.row.base?.contender.name}`, met: value >= least };
    },
  };
}

/** A latency, by that of another contender. */
function latency(
  field: "p50Ms" | "p99Ms",
  contender: string,
  other: string,
  scenario: Scenario,
  connections: number,
  most: number,
): Target {
  const name = field.slice(0, 3);
  return {
    text: `${contender}: ${name} of ${scenario} at ${connections} connection${connections === 1 ? "" : "s"} at most ${most} x that of ${other}`,
    measure(find) {
      const [own, theirs] = [find(contender, scenario, connections), find(other, scenario, connections)];
      return own && theirs
        ? { value: `${short(own[field])} ms to ${short(theirs[field])} ms`, met: own[field] <= most * theirs[field] }
        : undefined;
    },
  };
}
