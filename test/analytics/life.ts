import { expect } from "vitest";
import type { TestApp } from "../support/app.ts";
import type { Random } from "../support/random.ts";

/** The project whose users live here. */
export const SITE_KEY = "life";

/** What `meta` can hold: what is counted, and what is not. */
const PLANS = [
  "free",
  "pro",
  "",
  "1",
  1,
  0.1,
  1e21,
  -2.5e-7,
  true,
  "true",
  null,
  ["x"],
  "é".repeat(100),
  "é".repeat(101),
];

/** Zones of which it is three different days at noon of UTC, in some of which the day is nearly over then. */
const ZONES = ["Pacific/Pago_Pago", "America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Kiritimati"];

/** The events that have a widget. */
export const EVENTS = ["visit", "read/it", "like"] as const;

const DAY_MS = 86_400_000;

/** A widget, as the API takes it. */
export type LifeWidget = Readonly<Record<string, unknown>>;

/** The lists of holidays that rules can name: some are over, and some are to come. */
const HOLIDAYS = [
  { name: "Bavaria", dates: ["2023-12-25", "2023-12-26", "2024-01-01", "2024-01-06", "2024-01-15"] },
  { name: "Goa", dates: ["2023-11-12", "2023-12-19", "2024-01-11", "2024-01-12", "2024-01-13"] },
];

/** Makes the project. */
export async function createProject(app: TestApp, widgets = lifeWidgets([1, 3, 5, 8], "like")): Promise<void> {
  const { status, text } = await app.admin("POST", "/admin/projects", {
    ...{ siteKey: SITE_KEY, timeZone: "Europe/Berlin", analytics: { keepRepeats: true, metaKeys: ["plan", "n"] } },
    ...{ holidays: HOLIDAYS, widgets },
  });
  expect([status, text]).toEqual([201, expect.anything()]);
}

/** Returns a widget for each event. One event is cumulative. */
export function lifeWidgets(targets: readonly number[], cumulative: string): LifeWidget[] {
  const milestones = targets.map((target) => ({ id: `m${target}`, target, msg: "Well done" }));
  return EVENTS.map((event) => ({ event, mode: event === cumulative ? "cumulative" : "continuous", milestones }));
}

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Returns widgets with random rules. Monday is needed in all of them. */
export function withRules(random: Random, widgets: readonly LifeWidget[]): LifeWidget[] {
  return widgets.map((widget) => ({ ...widget, rules: anyRules(random) }));
}

function anyRules(random: Random) {
  const weekdaysOff = random.chance(0.3) ? ["saturday", "sunday"] : random.chance(0.2) ? ["wednesday"] : [];
  const dates = random.chance(0.3) ? ["2024-01-09", "2024-01-13", "2023-12-31"] : [];
  const holidays = HOLIDAYS.map(({ name }) => name).filter(() => random.chance(0.3));
  return {
    cadence: anyCadence(random),
    neverMissTwice: random.chance(0.4),
    daysOff: { weekdays: weekdaysOff, dates, holidays },
  };
}

function anyCadence(random: Random) {
  const of = 2 + random.below(6);
  return random.pick([
    { kind: "every_day" },
    { kind: "weekdays", weekdays: WEEKDAYS.filter((day) => day === "monday" || random.chance(0.5)) },
    { kind: "days_a_week", days: 1 + random.below(5), weekStart: random.pick(WEEKDAYS) },
    { kind: "days_a_month", days: 1 + random.below(8) },
    { kind: "every_n_days", days: of },
    { kind: "days_in_any", days: 1 + random.below(of), of },
  ]);
}

/**
 * Has users do what users do: come back day after day, be late, repeat themselves, and sign in afterwards. Each has one
 * zone, since the recount knows no journeys.
 */
export async function live(app: TestApp, random: Random, actions: number): Promise<void> {
  for (let action = 0; action < actions; action++) {
    if (random.chance(0.1)) {
      const number = random.below(12);
      await link(app, `a${number}`, `u${(number % ZONES.length) + random.pick([0, ZONES.length])}`);
    } else {
      await comeBack(app, random);
    }
  }
}

/** Some days in a row of one user and one event, all at the same time. */
async function comeBack(app: TestApp, random: Random): Promise<void> {
  const [name, names] = random.pick([
    ["u", 16],
    ["a", 12],
  ] as const);
  const number = random.below(names);
  const user = `${name}${number}`;
  const event = random.pick(EVENTS);
  const tz = random.chance(0.6) ? ZONES[number % ZONES.length] : undefined;
  const daysAgo = random.chance(0.6) ? random.below(3) : random.below(90);
  const last = app.now - daysAgo * DAY_MS - random.below(DAY_MS) + 5 * 60_000;
  const days = random.chance(0.5) ? 1 : random.below(9);
  const sent = Array.from({ length: days }, (_, index) => record(app, random, user, event, tz, last - index * DAY_MS));
  await Promise.all(sent);
}

async function record(
  app: TestApp,
  random: Random,
  userHash: string,
  event: string,
  tz: string | undefined,
  at: number,
) {
  const answer = await app.post("/v1/e", {
    ...{ siteKey: SITE_KEY, userHash, event, ts: new Date(at).toISOString() },
    ...(tz !== undefined && { tz }),
    ...(random.chance(0.4) && { eventType: random.pick(["widget_impression", "widget_interaction"]) }),
    ...(random.chance(0.7) && { sessionId: `s${random.below(4)}` }),
    ...(random.chance(0.7) && { meta: { plan: random.pick(PLANS), n: random.below(200) } }),
  });
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
}

/** Makes a name an alias. Nothing changes where that would close a circle. */
async function link(app: TestApp, anonymousId: string, userHash: string): Promise<void> {
  const { status } = await app.admin("POST", "/admin/alias", { siteKey: SITE_KEY, anonymousId, userHash });
  expect(status).toBe(204);
}
