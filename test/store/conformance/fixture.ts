import { hash } from "node:crypto";
import { afterEach, beforeEach } from "vitest";
import type { AmnestyDecision } from "#src/domain/amnesties.ts";
import type { CheckIns } from "#src/domain/check-ins.ts";
import { type Day, isoMonth } from "#src/domain/day.ts";
import { emptyMonths, type Months, withDay } from "#src/domain/months.ts";
import type { Project } from "#src/domain/project.ts";
import type { Cadence, RulesVersion } from "#src/domain/rules.ts";
import type { Token } from "#src/domain/token.ts";
import { homeOf } from "#src/store/day-kinds.ts";
import type { Outcome, ResolvedUser, StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";

/** A store that is open and empty. */
export interface OpenedStore {
  readonly store: Stores;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Stores>;
  /** Closes what is open and removes the data. */
  cleanup(): Promise<void>;
}

/** Opens a store for the suite. */
export type OpenStore = () => Promise<OpenedStore>;

/** The store of the test that is running. */
export interface CurrentStore {
  readonly store: Stores;
  /** Closes it and opens it again on the same data; `store` is then the new one. */
  reopen(): Promise<void>;
}

/** Gives each test of the surrounding `describe` an empty store. */
export function useStore(open: OpenStore): CurrentStore {
  let opened: OpenedStore;
  let store: Stores;
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

/**
 * A check-in of `ann` for `like` in project `p1` on `DAY`, unless said otherwise. Its `at` is noon of its day, which the
 * zone that it names has decided.
 */
export function checkIn(fields: Partial<StoredEvent> = {}): StoredEvent {
  const { day = DAY, tz } = fields;
  events += 1;
  return {
    projectId: "p1",
    userHash: "ann",
    event: "like",
    type: "streak_interaction",
    day,
    at: day * DAY_MS + DAY_MS / 2,
    id: `event-${events}`,
    ...(tz !== undefined && { dayZone: tz }),
    ...fields,
  };
}

/** The like of `checkIn` that only counts as analytics. */
export function impression(fields: Partial<StoredEvent> = {}): StoredEvent {
  return checkIn({ type: "widget_impression", ...fields });
}

/** A check-in that needs a seat, of a plan with this limit that was set long before `NOW`, unless said otherwise. */
export function gated(limit: number, fields: Partial<StoredEvent> = {}, since = NOW - 30 * DAY_MS): StoredEvent {
  return checkIn({ gate: { name: "custom", activeStreakers: limit, since }, ...fields });
}

/** Records as the service does: opens the months of events that need it, and resolves again the users who have moved. */
export async function recordGated(store: Stores, batch: readonly StoredEvent[], now = NOW): Promise<Outcome[]> {
  const outcomes = await store.events.record(batch, now);
  const unsettled = (outcome: Outcome) => ["unopened", "moved", "refuted"].includes(outcome);
  const left = [...batch.keys()].filter((index) => unsettled(outcomes[index] as Outcome));
  if (left.length > 0) {
    const events = left.map((index) => batch[index] as StoredEvent);
    for (const [position, { projectId, day, gate }] of events.entries()) {
      if (outcomes[left[position] as number] === "unopened") {
        await store.seats.openMonth(projectId, isoMonth(day), gate?.since as number, now);
      }
    }
    const users = await store.events.resolveUsers(events.map((event) => ({ ...event, verify: true })));
    const again = events.map((event, position) => asUser(event, users[position] as ResolvedUser));
    for (const [position, outcome] of (await recordGated(store, again, now)).entries()) {
      outcomes[left[position] as number] = outcome;
    }
  }
  return outcomes;
}

/** Returns these days as the store returns them. */
export function months(...days: Day[]): Months {
  return days.reduce(withDay, emptyMonths);
}

/** Returns the days from one to another. */
export function daysBetween(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Returns these days of one event as lists of users have them. */
export function ordinary(...days: Day[]): CheckIns {
  return { days: months(...days) };
}

/** Returns the days that a user of project `p1` has done for `like`, unless said otherwise. */
export async function daysOf(store: Stores, userHash: string, event = "like", projectId = "p1"): Promise<Months> {
  return (await store.streaks.readStreak({ projectId, userHash }, event)).days;
}

/** Returns who a user of project `p1` is by now. */
export async function whoIs(store: Stores, userHash: string): Promise<string | undefined> {
  return (await store.events.resolveUsers([{ projectId: "p1", userHash, verify: true }]))[0]?.userHash;
}

/**
 * Records as the service does: the users of events that have moved are resolved again, and the events recorded again.
 */
export async function recordResolved(store: Stores, batch: readonly StoredEvent[], now = NOW): Promise<void> {
  const outcomes = await store.events.record(batch, now);
  const left = batch.filter((_, index) => outcomes[index] === "moved" || outcomes[index] === "refuted");
  if (left.length === 0) {
    return;
  }
  const users = await store.events.resolveUsers(left.map((event) => ({ ...event, verify: true })));
  await recordResolved(
    store,
    left.map((event, index) => asUser(event, users[index] as ResolvedUser)),
    now,
  );
}

/** Does the same, with users that may be unverified at first. */
export async function recordUnverified(store: Stores, batch: readonly StoredEvent[], now = NOW): Promise<void> {
  const users = await store.events.resolveUsers(batch);
  const events = batch.map((event, index) => asUser(event, users[index] as ResolvedUser));
  await recordResolved(store, events, now);
}

/** Returns the event as one of a resolved user. */
export function asUser(event: StoredEvent, user: ResolvedUser): StoredEvent {
  const { unverified: _, userHome: __, isRedated: ___, ...verified } = event;
  const { userHash, unverified, isRedated } = user;
  const userHome = homeOf(user);
  return {
    ...{ ...verified, userHash },
    ...(userHome !== undefined && { userHome }),
    ...(isRedated && { isRedated }),
    ...(unverified !== undefined && { unverified }),
  };
}

/** A token of the project of {@link project} that uses every field, unless said otherwise. */
export function token(fields: Partial<Token> = {}): Token {
  const id = fields.id ?? "tok_1";
  return {
    id,
    name: "CI “prod” $x.y",
    project: { id: "p1", siteKey: "site_1" },
    scopes: ["events:record", "states:read"],
    secretHash: hash("sha256", id),
    prefix: "sk_abcdef",
    createTime: NOW,
    expireTime: NOW + DAY_MS,
    lifetime: 400 * DAY_MS,
    lastUseTime: NOW + 1,
    ...fields,
  };
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
        milestones: [
          { id: "$ms.1", target: 7, msg: "1 week!\n", rewardType: "message" },
          { id: "__proto__", target: 1_000_000, msg: "", rewardType: "$", scope: "ever", repeats: true },
          { id: "run", target: 1, msg: "", rewardType: "", scope: "run" },
        ],
        settings: { theme: { name: "beige" }, position: "bottom-right", mainMessage: "" },
      },
      {
        event: "lesson",
        rules: { mode: "continuous", versions: everyCadence() },
        milestones: [],
        settings: { theme: { name: "dark" }, position: "", mainMessage: "" },
      },
    ],
    holidays: [
      { name: "$Bavaria. “x”", dates: [-719_162, DAY, 2_932_896] },
      { name: "__proto__", dates: [] },
    ],
    amnesties: [
      {
        ...{ id: "$out.age|1", event: "__proto__", from: DAY - 2, to: DAY, declared: decision() },
        takenBack: decision("It was “another” day"),
      },
      { id: "__proto__", from: DAY, to: DAY + 30, declared: decision() },
    ],
    signedUsers: "browsers",
    signingSecrets: [{ id: "s1", secret: "ss_1", createTime: NOW }],
    analytics: { keepRepeats: true, metaKeys: ["plan", "$a.b"] },
    etag: "e1",
    ...fields,
  };
}

/** Why an amnesty was declared or taken back. */
export function decision(reason = "Sign-in was down"): AmnestyDecision {
  return { reason, actor: "root", at: NOW };
}

/** Versions of rules that use every field, one for each kind of cadence. */
function everyCadence(): RulesVersion[] {
  const nothingOff = { weekdays: [], dates: [], holidays: [] };
  const cadences: Cadence[] = [
    { kind: "weekdays", weekdays: [0, 2, 4] },
    { kind: "days_a_week", days: 3, weekStart: 6 },
    { kind: "days_a_month", days: 28 },
    { kind: "every_n_days", days: 2 },
    { kind: "days_in_any", days: 90, of: 90 },
  ];
  const daysOff = { weekdays: [5, 6], dates: [DAY, DAY + 1], holidays: ["$Bavaria. “x”"] };
  return [
    {
      ...{ cadence: { kind: "every_day" }, neverMissTwice: true, daysOff, dayStart: 240, grace: 360 },
      repairs: { withinDays: 31, onceInDays: 366, price: { kind: "days", days: 30 } },
    },
    ...cadences.map((cadence, i) => ({ from: DAY + i, cadence, neverMissTwice: false, daysOff: nothingOff })),
  ];
}
