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

/** Makes the project. */
export async function createProject(app: TestApp): Promise<void> {
  const milestones = [1, 3, 5, 8].map((target) => ({ id: `m${target}`, target, msg: "Well done" }));
  const { status, text } = await app.admin("POST", "/admin/projects", {
    ...{ siteKey: SITE_KEY, timeZone: "Europe/Berlin", analytics: { keepRepeats: true, metaKeys: ["plan", "n"] } },
    widgets: EVENTS.map((event) => ({ event, mode: event === "like" ? "cumulative" : "continuous", milestones })),
  });
  expect([status, text]).toEqual([201, expect.anything()]);
}

/** Has users do what users do: come back day after day, be late, travel, repeat themselves, and sign in afterwards. */
export async function live(app: TestApp, random: Random, actions: number): Promise<void> {
  for (let action = 0; action < actions; action++) {
    if (random.chance(0.1)) {
      await link(app, `a${random.below(12)}`, `u${random.below(8)}`);
    } else {
      await comeBack(app, random);
    }
  }
}

/** Some days in a row of one user and one event, all at the same time. */
async function comeBack(app: TestApp, random: Random): Promise<void> {
  const user = random.chance(0.5) ? `u${random.below(16)}` : `a${random.below(12)}`;
  const event = random.pick(EVENTS);
  const tz = random.chance(0.6) ? random.pick(ZONES) : undefined;
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
