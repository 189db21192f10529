import { expect } from "vitest";
import type { History as UserHistory } from "#src/domain/check-ins.ts";
import { streakOf } from "../domain/streaks/by-history.ts";
import { lessonRules } from "../domain/streaks/given.ts";
import type { Random } from "../support/random.ts";
import { PROTOCOLS, type State } from "./client.ts";
import { type Cluster, SITE_KEY, WIDGETS, type Widget } from "./cluster.ts";
import { DAY_MS, eventOf, type History, type Report } from "./history.ts";

type Months = Readonly<Record<string, number>>;

interface StreakDocument {
  readonly u: string;
  readonly days?: Readonly<Record<string, Months>>;
  readonly others?: Readonly<Record<string, Readonly<Record<string, Months>>>>;
  readonly home?: string;
  readonly zone?: { readonly at: Date; readonly tz: string };
  readonly aliasOf?: string;
  readonly merging?: true;
}

interface EventDocument {
  readonly u: string;
  readonly event: string;
  readonly type: string;
  readonly day: number;
  readonly sessionId?: string;
  readonly tz?: string;
  readonly dayZone?: string;
  readonly action?: string;
}

/** The zone of a project that says none. */
const PROJECT_ZONE = "UTC";

/** How long a sweep of what a killed instance left may take, in milliseconds: more than the sweep's interval. */
const SWEPT_MS = 60_000;

/** The most mistakes that a failure shows. */
const SHOWN = 20;

/**
 * Compares what is stored, and what both instances answer, with the history:
 *
 * - every day acknowledged is done, by the zone that its event named, and has exactly one event of that zone, and nothing
 *   is done or kept that was never sent
 * - every action acknowledged is kept once for all names of its user, and none that was never sent
 * - of the variants that one name sent with one key, exactly one took effect; the key of another user is another. Two
 *   names of a user may both use a key before they are linked
 * - every streak and week is that of the days done, over either instance, either protocol and every name of the user
 * - the user's zone is that of the latest event that named one
 */
export async function verify(cluster: Cluster, history: History, random: Random): Promise<void> {
  await settle(cluster, history, random);
  const mistakes: string[] = [];
  const wrong = (what: string) => void mistakes.push(what);

  // Days before events: an event is stored before its day is done, so every day that is read has an event.
  let streaks = await cluster.stored<StreakDocument>("streaks");
  let readings: Reading[];
  for (;;) {
    readings = await readStates(cluster, history, random);
    const again = await cluster.stored<StreakDocument>("streaks");
    const isSettled = JSON.stringify(again) === JSON.stringify(streaks);
    streaks = again;
    if (isSettled) {
      break;
    }
  }
  const kept = await sweptEvents(cluster, streaks);
  const actions = kept.filter(({ action }) => action !== undefined);
  const events = kept.filter(({ action }) => action === undefined);

  checkNames(streaks, history, wrong);
  const done = doneDays(streaks);
  checkDays(done, events, history, wrong);
  checkKeys(done, events, history, wrong);
  checkZones(streaks, history, wrong);
  checkActions(actions, history, wrong);
  for (const reading of readings) {
    const user = history.personOf(reading.name);
    const ofUser = done.get(`${user} ${reading.event}`) ?? NOTHING_DONE;
    // A batch that was cut short may have left an action without its day.
    const own = actions.filter(({ u, event, day }) => u === user && event === reading.event && ofUser.days.has(day));
    checkState(reading, ofUser, own.length, wrong);
  }
  expect(mistakes.slice(0, SHOWN), `${mistakes.length} mistakes`).toEqual([]);
}

/** Waits for events whose clients gave up. An instance commits in order, so an event sent now is committed after them. */
async function settle(cluster: Cluster, history: History, random: Random): Promise<void> {
  const report = history.next();
  for (const { client } of cluster.instances) {
    const [variant] = report.variants;
    if (client !== undefined && variant !== undefined) {
      report.sent.add(variant);
      expect(await client.record(random.pick(PROTOCOLS), eventOf(report, variant))).toBe("ok");
      report.acknowledged.add(variant);
    }
  }
}

/** Returns the events, once a sweep has removed those that killed instances left to names that became aliases. */
async function sweptEvents(cluster: Cluster, streaks: readonly StreakDocument[]): Promise<EventDocument[]> {
  const aliases = new Set(streaks.filter(({ aliasOf }) => aliasOf !== undefined).map(({ u }) => u));
  const strays = async () => (await cluster.stored<EventDocument>("events")).filter(({ u }) => aliases.has(u));
  await expect.poll(strays, { timeout: SWEPT_MS, interval: 100, message: "events of aliases" }).toEqual([]);
  return await cluster.stored<EventDocument>("events");
}

/** What is stored of a user and event, and the zone that decides which day is today. */
interface StoredHistory extends UserHistory {
  readonly zone?: string;
}

interface Reading {
  readonly name: string;
  readonly event: Widget;
  readonly state: State;
}

async function readStates(cluster: Cluster, history: History, random: Random): Promise<Reading[]> {
  return await Promise.all(
    history.names.flatMap((name) =>
      (Object.keys(WIDGETS) as Widget[]).flatMap((event) =>
        cluster.instances.flatMap(({ client }) =>
          client === undefined
            ? []
            : client
                .state(random.pick(PROTOCOLS), SITE_KEY, name, event)
                .then((state): Reading => ({ name, event, state })),
        ),
      ),
    ),
  );
}

function checkNames(streaks: readonly StreakDocument[], history: History, wrong: (what: string) => void): void {
  for (const { u, aliasOf, merging, days } of streaks) {
    if (merging || (aliasOf !== undefined && days !== undefined)) {
      wrong(`${u} is not merged yet into ${aliasOf}`);
    }
    if ((aliasOf !== undefined) !== history.links.has(u)) {
      wrong(`${u} is an alias of ${aliasOf}, and should be of ${history.links.get(u)}`);
    }
  }
}

/** The days done of a user and event. */
interface Done {
  /** In whatever zone. */
  readonly days: ReadonlySet<number>;
  /** By the zone that has dated them; those that no zone of the user's has dated are at home. */
  readonly byZone: ReadonlyMap<string, ReadonlySet<number>>;
  readonly history: StoredHistory;
}

const NOTHING_DONE: Done = { days: new Set(), byZone: new Map(), history: { days: {} } };

/** How the home zone of a user is called who has had none. */
const NO_ZONE = "none";

/** The days done of each user and event, as the bits of their months say. */
function doneDays(streaks: readonly StreakDocument[]): Map<string, Done> {
  const done = new Map<string, Done>();
  for (const { u, days = {}, others = {}, zone, home = zone?.tz } of streaks) {
    for (const field of new Set([...Object.keys(days), ...Object.keys(others)])) {
      const abroad = Object.entries(others[field] ?? {}).map(([label, months]) => [label.slice(1), months] as const);
      const byZone = new Map([[home ?? NO_ZONE, daysOf(days[field])]]);
      for (const [tz, months] of abroad) {
        byZone.set(tz, daysOf(months));
      }
      done.set(`${u} ${field.slice(1)}`, {
        days: new Set([...byZone.values()].flatMap((set) => [...set])),
        byZone,
        history: {
          days: days[field] ?? {},
          ...(abroad.length > 0 && { others: abroad.map(([tz, months]) => ({ late: false, zone: tz, days: months })) }),
          ...(home !== undefined && { home }),
          ...(zone !== undefined && { zone: zone.tz }),
        },
      });
    }
  }
  return done;
}

function daysOf(months: Months = {}): Set<number> {
  const days = new Set<number>();
  for (const [month, bits] of Object.entries(months)) {
    for (let bit = 0; bit < 31; bit++) {
      if (bits & (1 << bit)) {
        days.add(Date.parse(`${month}-01`) / DAY_MS + bit);
      }
    }
  }
  return days;
}

/** A day of a user and event, spelt as a key. */
const dayKey = (user: string, event: string, day: number) => `${user} ${event} ${day}`;

function checkDays(
  done: ReadonlyMap<string, Done>,
  events: readonly EventDocument[],
  history: History,
  wrong: (what: string) => void,
): void {
  const sent = new Set<string>();
  const sentIn = new Set<string>();
  const acknowledged = new Set<string>();
  for (const report of history.reports.values()) {
    for (const { userHash, day, tz } of report.type === "streak_interaction" ? report.sent : []) {
      const key = dayKey(history.personOf(userHash), report.event, day);
      sent.add(key);
      sentIn.add(`${key} in ${tz ?? "any zone"}`);
      if (report.acknowledged.size > 0 && report.variants.length === 1) {
        acknowledged.add(tz === undefined ? key : `${key} in ${tz}`);
      }
    }
  }

  const days = new Set<string>();
  const daysIn = new Set<string>();
  const homes = new Map<string, string>();
  for (const [user, { byZone, history: ofUser }] of done) {
    homes.set(user, ofUser.home ?? NO_ZONE);
    for (const [tz, set] of byZone) {
      for (const day of set) {
        days.add(`${user} ${day}`);
        daysIn.add(`${user} ${day} in ${tz}`);
      }
    }
  }
  const kept = new Map<string, number>();
  for (const { u, event, type, day, tz, dayZone } of events) {
    const key = dayKey(u, event, day);
    const home = homes.get(`${u} ${event}`) ?? NO_ZONE;
    if (type === "streak_interaction") {
      const zone = dayZone ?? home;
      // Who assumed another home zone has left events in places whose days are not done: nothing reads these.
      if (dayZone !== home && daysIn.has(`${key} in ${zone}`)) {
        kept.set(`${key} in ${zone}`, (kept.get(`${key} in ${zone}`) ?? 0) + 1);
      }
      // One at home may have found such an event in its place, and rely on it: so it may have named another zone.
      if (!sent.has(key) || (tz !== undefined && !sentIn.has(`${key} in ${tz}`))) {
        wrong(`kept and never sent, or of a name that is an alias: ${key}`);
      }
    }
  }
  for (const key of acknowledged) {
    if (!days.has(key) && !daysIn.has(key)) {
      wrong(`acknowledged and not done: ${key}`);
    }
  }
  for (const key of daysIn) {
    const [day = ""] = key.split(" in ");
    if (!sentIn.has(key) && !sentIn.has(`${day} in any zone`)) {
      wrong(`done and never sent: ${key}`);
    }
    if (!kept.has(key)) {
      wrong(`done without an event: ${key}`);
    }
  }
  for (const [key, count] of kept) {
    if (count > 1) {
      wrong(`kept ${count} times: ${key}`);
    }
  }
}

function checkKeys(
  done: ReadonlyMap<string, Done>,
  events: readonly EventDocument[],
  history: History,
  wrong: (what: string) => void,
): void {
  const impressions = events.filter(({ type }) => type === "widget_impression");
  for (const { type, key, variants, acknowledged } of history.reports.values()) {
    const isDone = ({ userHash, day }: Report["variants"][number]) =>
      done.get(`${history.personOf(userHash)} pick`)?.days.has(day);
    if (type === "streak_interaction" && variants.length > 1) {
      for (const user of new Set(variants.map(({ userHash }) => history.personOf(userHash)))) {
        const own = variants.filter(({ userHash }) => history.personOf(userHash) === user);
        const count = own.filter(isDone).length;
        const names = new Set(own.map(({ userHash }) => userHash)).size;
        if (count > names || (own.some((variant) => acknowledged.has(variant)) && count === 0)) {
          wrong(`"${key}" holds ${count} times for ${user}: ${JSON.stringify(own)}`);
        }
      }
    } else if (type === "widget_impression") {
      const kept = impressions.filter(({ sessionId }) => sessionId === key);
      if (kept.length > 1 || (acknowledged.size > 0 && kept.length === 0)) {
        wrong(`"${key}" is kept ${kept.length} times: ${JSON.stringify(kept)}`);
      }
      if (kept.some(({ u }) => u !== history.personOf(variants[0]?.userHash ?? ""))) {
        wrong(`"${key}" is kept of ${kept.map(({ u }) => u)}, which is an alias`);
      }
    }
  }
}

/** Compares how many actions a user and day have with how many different ones were acknowledged and sent. */
function checkActions(actions: readonly EventDocument[], history: History, wrong: (what: string) => void): void {
  const sent = new Map<string, Set<string>>();
  const acknowledged = new Map<string, Set<string>>();
  for (const report of history.reports.values()) {
    const [{ userHash, day, afterNoon } = { userHash: "", day: 0 }] = report.variants;
    const key = dayKey(history.personOf(userHash), report.event, day);
    for (const [of, set] of [
      [sent, report.sent],
      [acknowledged, report.acknowledged],
    ] as const) {
      if (report.event === "act" && set.size > 0) {
        of.set(key, (of.get(key) ?? new Set()).add(`${afterNoon}`));
      }
    }
  }
  const kept = Map.groupBy(actions, ({ u, event, day }) => dayKey(u, event, day));
  for (const key of new Set([...kept.keys(), ...acknowledged.keys()])) {
    const count = kept.get(key)?.length ?? 0;
    const [least, most] = [acknowledged.get(key)?.size ?? 0, sent.get(key)?.size ?? 0];
    if (count < least || count > most) {
      wrong(`${key} has ${count} actions, of ${least} acknowledged and ${most} sent`);
    }
  }
}

/** Orders zones: the later one wins, and of two of the same time the greater name. */
const zoneKey = (at: number, tz: string) => `${String(at).padStart(15, "0")} ${tz}`;

function checkZones(streaks: readonly StreakDocument[], history: History, wrong: (what: string) => void): void {
  const sent = new Map<string, Set<string>>();
  const acknowledged = new Map<string, string>();
  for (const report of history.reports.values()) {
    for (const { userHash, day, tz } of report.sent) {
      if (tz !== undefined) {
        const user = history.personOf(userHash);
        const key = zoneKey(day * DAY_MS + DAY_MS / 2, tz);
        sent.set(user, (sent.get(user) ?? new Set()).add(key));
        if (report.acknowledged.size > 0 && key > (acknowledged.get(user) ?? "")) {
          acknowledged.set(user, key);
        }
      }
    }
  }
  const zones = new Map(streaks.map(({ u, zone }) => [u, zone && zoneKey(zone.at.getTime(), zone.tz)]));
  for (const [user, latest] of acknowledged) {
    const zone = zones.get(user) ?? "";
    if (zone < latest || !sent.get(user)?.has(zone)) {
      wrong(`the zone of ${user} is ${zone}, and should be ${latest}`);
    }
  }
}

/**
 * Compares a state with the streak and the week that follow from the days: of those who have stayed in one zone computed in
 * the plainest way. Days of those who have not may be bridged.
 */
function checkState(
  { name, event, state: { streak, week } }: Reading,
  { days, history }: Done,
  actions: number,
  wrong: (what: string) => void,
): void {
  const dayOf = (isoDate: string) => Date.parse(isoDate) / DAY_MS;
  const today = dayOf(week.find(({ isToday }) => isToday)?.isoDate ?? "");
  const runUpTo = (last: number) => {
    let length = 0;
    while (days.has(last - length)) {
      length += 1;
    }
    return length;
  };
  const continuous = WIDGETS[event] === "continuous";
  const plain = {
    current: continuous ? runUpTo(days.has(today) ? today : today - 1) : Math.max(days.size, actions),
    best: continuous ? Math.max(0, ...[...days].map(runUpTo)) : Math.max(days.size, actions),
  };
  const { zone = PROJECT_ZONE, home = zone } = history;
  // Today is in the user's zone: that may be another one than that of all days.
  const hasMoved = continuous && (history.others !== undefined || zone !== home);
  const { current, best } = hasMoved
    ? streakOf(history, lessonRules({ mode: WIDGETS[event] }), { today, zone })
    : plain;
  const shown = week.filter(({ isCheckedIn }) => isCheckedIn).map(({ isoDate }) => dayOf(isoDate));
  const isWeekRight = week.length === 7 && week.every((day) => day.isCheckedIn === days.has(dayOf(day.isoDate)));
  if (streak.current !== current || streak.best !== best || streak.todayDone !== days.has(today) || !isWeekRight) {
    wrong(`${name} ${event} is ${JSON.stringify(streak)} with ${shown}, and should be ${current}, ${best}`);
  }
}
