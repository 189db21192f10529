import { parseArgs } from "node:util";

/** What the bench is asked for. */
export interface Options {
  /** How often each row is measured, in turn with the others. */
  readonly rounds: number;
  /** How long each measurement takes, and the uncounted load before it, in whole seconds. */
  readonly seconds: number;
  readonly warmup: number;
  /** The generator's threads: one loads a process of streakd, and leaves the rest of a small machine to it. */
  readonly threads: number;
  /** Keeps the rows whose name it finds. */
  readonly only: RegExp;
  /** Replaces the connections of the table. */
  readonly connections: readonly number[] | undefined;
  readonly profile: boolean;
  /** Whether this is only to see that all runs: then the numbers say nothing of the targets. */
  readonly quick: boolean;
  /** Where to write the machine-readable results. */
  readonly json: string | undefined;
}

export const HELP = `npm run bench -- [options]

  --rounds N         how often each row is measured (3)
  --seconds N        how long each measurement takes, in seconds (5)
  --warmup N         how long each is loaded before it (1)
  --only PATTERN     only rows whose name matches, such as "embedded.*unique", and their bases
  --connections N,M  these instead of 1, 64 and 256
  --threads N        threads of wrk and h2load (1)
  --profile          leave a .cpuprofile of each streakd beside the results, and print its hottest functions
  --json FILE        where the results go as JSON (bench/results/, by date)
  --quick            one round of a second each, at 64 connections: only to see that all runs
`;

/** Reads the command line; undefined when help is asked for. */
export function readOptions(args: string[]): Options | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ rounds: text, seconds: text, warmup: text, threads: text, only: text, connections: text, json: text },
      ...{ profile: flag, quick: flag, help: flag },
    },
  });
  const { quick } = values;
  const connections = values.connections ?? (quick ? "64" : undefined);
  return values.help
    ? undefined
    : {
        rounds: wholeNumber("rounds", values.rounds, quick ? 1 : 3),
        seconds: wholeNumber("seconds", values.seconds, quick ? 1 : 5),
        warmup: wholeNumber("warmup", values.warmup, quick ? 0 : 1),
        threads: wholeNumber("threads", values.threads, 1),
        only: new RegExp(values.only ?? ""),
        connections: connections?.split(",").map((one) => wholeNumber("connections", one, 1)),
        profile: values.profile,
        quick,
        json: values.json,
      };
}

/** Reads an option that is a whole number. */
export function wholeNumber(name: string, given: string | undefined, fallback: number): number {
  if (given !== undefined && !/^\d+$/.test(given)) {
    throw new Error(`--${name} takes whole numbers, not "${given}"`);
  }
  return given === undefined ? fallback : Number(given);
}
