import { afterEach, beforeEach } from "vitest";
import type { Day } from "#src/domain/day.ts";
import { emptyMonths, type Months, withDay } from "#src/domain/months.ts";
import type { Project } from "#src/domain/project.ts";
import type { GuessedUser, StoredEvent, StreakStore } from "#src/store/streak-store.ts";

/** A store that is open and empty. */
export interface OpenedStore {
  readonly store: StreakStore;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<StreakStore>;
  /** Closes what is open and removes the data. */
  cleanup(): Promise<void>;
}

/** How the suite gets at a store. */
export type OpenStore = () => Promise<OpenedStore>;

/** The store of the test that is running. */
export interface CurrentStore {
  readonly store: StreakStore;
  /** Closes it and opens it again on the same data; `store` is then the new one. */
  reopen(): Promise<void>;
}

/** Gives each test of the surrounding `describe` an empty store. */
export function useStore(open: OpenStore): CurrentStore {
  let opened: OpenedStore;
  let store: StreakStore;
  beforeEach(async () => {
    opened = await open();
    store = opened.store;
  });
  afterEach(() => opened.cleanup());
  return {
    get store() {
      return store;
    },
    async reopen() {
      store = await opened.reopen();
    },
  };
}

/** 2024-01-15, the day that most tests happen on. */
export const DAY: Day = 19_737;
export const DAY_MS = 24 * 60 * 60 * 1000;
/** Noon of `DAY`. */
export const NOW = DAY * DAY_MS + DAY_MS / 2;

/** How long a test of many calls may take, in milliseconds, where each is synced to disk and the machine is busy. */
export const MANY_CALLS_MS = 60_000;

let events = 0;

/** A check-in of `ann` for `like` in project `p1` on `DAY`, unless said otherwise; its `at` is noon of its day. */
export function checkIn(fields: Partial<StoredEvent> = {}): StoredEvent {
  const day = fields.day ?? DAY;
  events += 1;
  return {
    projectId: "p1",
    userHash: "ann",
    event: "like",
    type: "streak_interaction",
    day,
    at: day * DAY_MS + DAY_MS / 2,
    id: `event-${events}`,
    ...fields,
  };
}

/** The like of `checkIn` that only counts as analytics. */
export function impression(fields: Partial<StoredEvent> = {}): StoredEvent {
  return checkIn({ type: "widget_impression", ...fields });
}

/** These days as the store answers them. */
export function months(...days: Day[]): Months {
  return days.reduce(withDay, emptyMonths);
}

/** The days that a user of project `p1` has done for `like`, unless said otherwise. */
export async function daysOf(store: StreakStore, userHash: string, event = "like", projectId = "p1"): Promise<Months> {
  return (await store.readStreak({ projectId, userHash }, event)).days;
}

/** Who a user of project `p1` is by now. */
export async function whoIs(store: StreakStore, userHash: string): Promise<string | undefined> {
  return (await store.resolveUsers([{ projectId: "p1", userHash }]))[0]?.userHash;
}

/** Records as the service does: what has moved is resolved and recorded again. */
export async function recordResolved(store: StreakStore, batch: readonly StoredEvent[], now = NOW): Promise<void> {
  const outcomes = await store.record(batch, now);
  const moved = batch.filter((_, index) => outcomes[index] === "moved");
  if (moved.length === 0) {
    return;
  }
  const users = await store.resolveUsers(moved);
  const resolved = moved.map((event, index) => ({ ...event, userHash: users[index]?.userHash ?? event.userHash }));
  await recordResolved(store, resolved, now);
}

/** The same, with users that are guessed at first. */
export async function recordGuessed(store: StreakStore, batch: readonly StoredEvent[], now = NOW): Promise<void> {
  const users = await store.guessUsers(batch);
  const guessed = batch.map((event, index) => ({ ...event, ...nameOf(users[index] as GuessedUser) }));
  const outcomes = await store.record(guessed, now);
  await recordResolved(
    store,
    batch.filter((_, index) => outcomes[index] === "moved"),
    now,
  );
}

function nameOf({ userHash, isGuess, isNew }: GuessedUser): Pick<StoredEvent, "userHash" | "isGuess" | "isNew"> {
  return { userHash, ...(isGuess && { isGuess }), ...(isNew && { isNew }) };
}

/** A project that uses every field. */
export function project(fields: Partial<Project> = {}): Project {
  return {
    id: "p1",
    siteKey: "site_1",
    name: "My “app” \\ ' 🦊",
    allowedOrigins: ["https://app.example.com", "*.example.com"],
    timeZone: "America/Argentina/Buenos_Aires",
    live: true,
    widgets: [
      {
        event: "__proto__",
        rules: { mode: "cumulative" },
        milestones: [{ id: "$ms.1", target: 7, msg: "1 week!\n", rewardType: "message" }],
        settings: { theme: { name: "beige" }, position: "bottom-right", mainMessage: "" },
      },
    ],
    ...fields,
  };
}
