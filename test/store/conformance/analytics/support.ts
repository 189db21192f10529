import { ownDays } from "#src/domain/check-ins.ts";
import { countDays } from "#src/domain/months.ts";
import type { CountedPiece, HistoryRange, Segment, UserHistory } from "#src/store/analytics.ts";
import type { Stores } from "#src/store/stores.ts";

/** What the tests count: how many users there are, and how many days and events they have. */
export interface Count {
  readonly users: number;
  readonly days: number;
  readonly events: number;
}

export const NOTHING: Count = { users: 0, days: 0, events: 0 };

/** Returns the sum of counts. */
export function sumOf(counts: readonly Count[]): Count {
  return counts.reduce((sum, { users, days, events }) => {
    return { users: sum.users + users, days: sum.days + days, events: sum.events + events };
  }, NOTHING);
}

function countOf({ days, events }: UserHistory): Count {
  const daysDone = [...days.values()].reduce((sum, checkIns) => sum + countDays(ownDays(checkIns)), 0);
  return { users: 1, days: daysDone, events: events.length };
}

/** A segment with the end of its range. */
export interface Range {
  readonly segment: Segment;
  readonly end: string | undefined;
}

/** Lists the segments of a project, each with the first name of the next. */
export async function rangesOf(store: Stores, projectId: string): Promise<Range[]> {
  const segments = await store.analytics.listSegments(projectId);
  return segments.map((segment, index) => ({ segment, end: segments[index + 1]?.first }));
}

/** Whether a segment has to be counted again. */
export function isStale({ segment: { changes, counted }, end }: Range): boolean {
  return counted === undefined || counted.changes !== changes || counted.end !== end;
}

/** Reads the histories of a range to its end, slice by slice. */
export async function historiesOf(
  store: Stores,
  projectId: string,
  { first = "", end, actionEvents }: Partial<Omit<HistoryRange, "projectId" | "after">> = {},
): Promise<UserHistory[]> {
  const histories: UserHistory[] = [];
  let after: string | undefined;
  do {
    const slice = await store.analytics.readHistories({
      projectId,
      first,
      end,
      after,
      ...(actionEvents && { actionEvents }),
    });
    histories.push(...slice.histories);
    after = slice.last;
  } while (after !== undefined);
  return histories;
}

/** Counts a segment again. Returns what is to be saved: a piece for so many users each, or one piece. */
export async function count(
  store: Stores,
  projectId: string,
  { segment, end }: Range,
  usersOfAPiece = Number.POSITIVE_INFINITY,
): Promise<CountedPiece[]> {
  const histories = await historiesOf(store, projectId, { first: segment.first, end });
  const groups = Map.groupBy(histories.entries(), ([index]) => Math.floor(index / usersOfAPiece));
  const parts = [...groups.values()].map((entries) => entries.map(([, history]) => history));
  const pieces = parts.length === 0 ? [[]] : parts;
  const firsts = pieces.map((part, index) => (index === 0 ? segment.first : (part[0]?.userHash as string)));
  return pieces.map((part, index) => ({
    first: firsts[index] as string,
    counted: {
      changes: segment.changes,
      end: firsts[index + 1] ?? end,
      settings: "s",
      time: 1,
      users: part.length,
    },
    tallies: new TextEncoder().encode(JSON.stringify(sumOf(part.map(countOf)))),
  }));
}

/** Counts a segment again and saves it. Returns whether it was saved. */
export async function countAndSave(
  store: Stores,
  projectId: string,
  range: Range,
  usersOfAPiece?: number,
): Promise<boolean> {
  const { first, revision } = range.segment;
  const pieces = await count(store, projectId, range, usersOfAPiece);
  return await store.analytics.saveTallies(projectId, { first, revision, pieces });
}

/** Folds all notes of a project, some at a time. */
export async function foldAll(store: Stores, projectId: string, limit = 7): Promise<void> {
  let hasMore = true;
  while (hasMore) {
    ({ hasMore } = await store.analytics.foldChanges(projectId, limit));
  }
}

/** Folds all notes and counts every stale segment again, until none is stale. */
export async function countAll(store: Stores, projectId: string, usersOfAPiece?: number): Promise<void> {
  await foldAll(store, projectId);
  for (let stale = (await rangesOf(store, projectId)).filter(isStale); stale.length > 0; ) {
    for (const range of stale) {
      await countAndSave(store, projectId, range, usersOfAPiece);
    }
    stale = (await rangesOf(store, projectId)).filter(isStale);
  }
}

/** Returns the sum of what was counted of the segments of a project. */
export async function totalOf(store: Stores, projectId: string): Promise<Count> {
  const firsts = (await store.analytics.listSegments(projectId)).map(({ first }) => first);
  const tallies = await store.analytics.readTallies(projectId, firsts);
  return sumOf(tallies.map((saved) => (saved ? JSON.parse(new TextDecoder().decode(saved.tallies)) : NOTHING)));
}

/** Returns the segments that pass for counted, and of which something else is recorded than was counted. */
export async function wrongOnes(store: Stores, projectId: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const range of await rangesOf(store, projectId)) {
    const { first } = range.segment;
    const [saved] = await store.analytics.readTallies(projectId, [first]);
    const [counted] = await count(store, projectId, range);
    if (!isStale(range) && Buffer.compare(saved?.tallies as Uint8Array, counted?.tallies as Uint8Array) !== 0) {
      wrong.push(first);
    }
  }
  return wrong;
}
