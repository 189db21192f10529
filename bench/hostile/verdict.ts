import { mebibytes, short, tableOf } from "../report/table.ts";
import type { Outcome } from "./flood.ts";
import type { Trial } from "./trial.ts";

const MIB = 2 ** 20;

/** How long other clients may wait, and how much memory the server may hold, during a flood and after it. */
const MAX_STALL_MS = 250;
const MAX_RSS_BYTES = 512 * MIB;

/** How much more a server may hold at rest than before. Allocators keep some memory for later; live heap is in use. */
const MAX_RSS_GROWTH_BYTES = 128 * MIB;
const MAX_HEAP_GROWTH_BYTES = 16 * MIB;
const MAX_MORE_OPEN_FILES = 8;

/**
 * Above this stall without a flood, in milliseconds, the machine is too busy or too slow for the bound to mean much.
 */
const MAX_IDLE_STALL_MS = 20;

/** How many kinds of answers are named in the table. */
const NAMED_ANSWERS = 4;

/** Returns the bounds that a flood has exceeded, in a few words each. */
export function problemsOf(trial: Trial): string[] {
  const { stallMs, failures, maxRssBytes = 0, before, atRest } = trial;
  if (atRest === undefined) {
    return ["the server died or hangs"];
  }
  return [
    ...(stallMs > MAX_STALL_MS ? ["stall"] : []),
    ...(failures > 0 ? ["failures"] : []),
    ...(maxRssBytes > MAX_RSS_BYTES ? ["memory"] : []),
    ...(atRest.stallMs > MAX_STALL_MS ? ["stall at rest"] : []),
    ...((atRest.collectedRssBytes ?? 0) - (before.collectedRssBytes ?? 0) > MAX_RSS_GROWTH_BYTES
      ? ["memory at rest"]
      : []),
    ...(atRest.liveHeapBytes - before.liveHeapBytes > MAX_HEAP_GROWTH_BYTES ? ["heap at rest"] : []),
    ...((atRest.openFiles ?? 0) - (before.openFiles ?? 0) > MAX_MORE_OPEN_FILES ? ["open files at rest"] : []),
  ];
}

/** The warning about a machine on which clients must wait even without a flood; undefined when they don't. */
export function warningOf(idle: Trial): string | undefined {
  return idle.stallMs > MAX_IDLE_STALL_MS
    ? `Without a flood the worst stall is ${short(idle.stallMs)} ms, above ${MAX_IDLE_STALL_MS} ms: this machine is too slow or too busy to tell.`
    : undefined;
}

/** The trials as a table. */
export function describeTrials(trials: readonly Trial[]): string {
  const head = ["flood", "beyond the bounds", "stall ms", "event ms", "failed", "RSS MiB", "log"];
  const rest = ["rest: stall ms", "RSS MiB", "collected MiB", "heap MiB", "files"];
  const lines = trials.map((trial) => {
    const { before, atRest } = trial;
    return [
      trial.flood,
      problemsOf(trial).join(", ") || "-",
      short(trial.stallMs),
      short(trial.eventMs),
      `${trial.failures}/${trial.visits}`,
      mebibytes(trial.maxRssBytes),
      `${trial.logLines}`,
      short(atRest?.stallMs),
      mebibytes(atRest?.rssBytes),
      growth(mib(before.collectedRssBytes), mib(atRest?.collectedRssBytes)),
      growth(mib(before.liveHeapBytes), mib(atRest?.liveHeapBytes)),
      growth(before.openFiles, atRest?.openFiles),
      describeOutcome(trial.attacker),
    ];
  });
  return tableOf([...head, ...rest, "attacker"], lines, 2);
}

function mib(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MIB;
}

function growth(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) {
    return "-";
  }
  const more = Math.round(after - before);
  return more >= 0 ? `+${more}` : `${more}`;
}

function describeOutcome({ opened, refused, ended, reset, answers, sentBytes, receivedBytes }: Outcome): string {
  const byCount = Object.entries(answers).sort(([, a], [, b]) => b - a);
  const rest = byCount.slice(NAMED_ANSWERS).reduce((sum, [, count]) => sum + count, 0);
  return [
    `${opened} opened${refused > 0 ? `, ${refused} refused` : ""}`,
    ...(ended > 0 ? [`${ended} ended`] : []),
    ...(reset > 0 ? [`${reset} reset`] : []),
    ...byCount.slice(0, NAMED_ANSWERS).map(([answer, count]) => `${count} × ${answer}`),
    ...(rest > 0 ? [`${rest} others`] : []),
    `${mebibytes(sentBytes)} MiB sent`,
    `${mebibytes(receivedBytes)} received`,
  ].join(", ");
}
