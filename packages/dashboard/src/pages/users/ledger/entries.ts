import { type LedgerEntry, LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import type { BadgeKind } from "../../../components/Notice.tsx";
import { addDays } from "../../../dates.ts";
import { formatDay, formatDays } from "../../../format.ts";

/** What an entry of a ledger is about. */
export type Topic = "pauses" | "freezes" | "repairs";

/** The kinds of entries that are not about pauses. */
const TOPICS: Readonly<Partial<Record<LedgerEntryKind, Topic>>> = {
  [LedgerEntryKind.GRANT_FREEZES]: "freezes",
  [LedgerEntryKind.OPT_OUT]: "freezes",
  [LedgerEntryKind.OPT_IN]: "freezes",
  [LedgerEntryKind.REPAIR]: "repairs",
};

/** An entry of a ledger with what other entries make of it. */
export interface ReadEntry {
  readonly entry: LedgerEntry;
  /** What it is about; for an entry that takes another one back, what that one is about. */
  readonly topic: Topic;
  /** Whether another entry takes it back, so that it counts no more. */
  readonly isTakenBack: boolean;
  /**
   * For a pause: its last day, as the first of its ends has it; undefined while it is open. For freezes: the last day that
   * they can cover; undefined when they never expire.
   */
  readonly lastDate: string | undefined;
}

/** Reads a ledger, the newest entry first. */
export function readLedger(entries: readonly LedgerEntry[]): ReadEntry[] {
  const takenBack = new Set(entries.map(({ takenBackId }) => takenBackId));
  const topics = new Map(entries.map(({ entryId, kind }) => [entryId, TOPICS[kind]]));
  const topicOf = ({ entryId, takenBackId = entryId }: LedgerEntry): Topic => topics.get(takenBackId) ?? "pauses";
  const ends = entries.filter(({ kind, entryId }) => kind === LedgerEntryKind.UNPAUSE && !takenBack.has(entryId));
  return entries
    .map((entry) => ({
      entry,
      topic: topicOf(entry),
      isTakenBack: takenBack.has(entry.entryId),
      lastDate: lastDateOf(entry, ends),
    }))
    .toReversed();
}

function lastDateOf({ entryId, to }: LedgerEntry, ends: readonly LedgerEntry[]): string | undefined {
  const ended = ends
    .filter(({ pauseIds, from }) => from !== undefined && pauseIds.includes(entryId))
    .map(({ from = "" }) => addDays(from, -1));
  return [...ended, ...(to === undefined ? [] : [to])].toSorted()[0];
}

/** Whether an entry is a pause that holds today or later, so that it can be ended. */
export function canBeEnded(read: ReadEntry, today: string): boolean {
  const { entry, isTakenBack, lastDate } = read;
  const isOver = lastDate !== undefined && lastDate < today;
  return entry.kind === LedgerEntryKind.PAUSE && !isTakenBack && !isOver && !neverHolds(read);
}

/** Whether a user opts out of freezes with an entry that counts. */
export function isOptOut({ entry: { kind }, isTakenBack }: ReadEntry): boolean {
  return kind === LedgerEntryKind.OPT_OUT && !isTakenBack;
}

/** Whether a pause was ended before its first day. */
function neverHolds({ entry: { from = "" }, lastDate }: ReadEntry): boolean {
  return lastDate !== undefined && lastDate < from;
}

/** Returns how an entry stands today, for a badge; undefined when there is nothing to say. */
export function standingOf(
  read: ReadEntry,
  today: string,
): { readonly kind: BadgeKind; readonly text: string } | undefined {
  const { kind, from = "" } = read.entry;
  if (read.isTakenBack) {
    return { kind: "info", text: "Taken back" };
  }
  if (kind === LedgerEntryKind.PAUSE && neverHolds(read)) {
    return { kind: "info", text: "Ended before it began" };
  }
  if (kind !== LedgerEntryKind.UNPAUSE && from > today) {
    return { kind: "info", text: "To come" };
  }
  if (kind === LedgerEntryKind.GRANT_FREEZES && read.lastDate !== undefined && read.lastDate < today) {
    return { kind: "info", text: "Expired" };
  }
  if (kind !== LedgerEntryKind.PAUSE) {
    return undefined;
  }
  return canBeEnded(read, today) ? { kind: "calm", text: "Paused now" } : { kind: "info", text: "Over" };
}

/** The days that an entry is about, such as `Aug 1 – 12, 2026`; empty when it is about none. */
export function daysOf(read: ReadEntry): string {
  const { kind, from, to } = read.entry;
  if (kind === LedgerEntryKind.REPAIR && from !== undefined) {
    return `on ${formatDay(from)}`;
  }
  return spanOf(from, neverHolds(read) ? to : read.lastDate);
}

/** The days that a pause was made for, when it was ended early; undefined when it was not. */
export function plannedDaysOf(read: ReadEntry): string | undefined {
  const { from, to } = read.entry;
  return read.lastDate === to || neverHolds(read) ? undefined : spanOf(from, to);
}

function spanOf(from: string | undefined, to: string | undefined): string {
  if (from === undefined) {
    return "";
  }
  return to === undefined ? `from ${formatDay(from)} on` : formatDays(from, to);
}
