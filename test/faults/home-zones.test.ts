import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { SOAK } from "../support/soak.ts";
import { type Ending, type Event, PROTOCOLS } from "./client.ts";
import { type Cluster, SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";
import { DAY_MS } from "./history.ts";
import { startChoices } from "./seed.ts";

/** It is the same day in all of them at noon UTC, when all events happen. */
const ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Berlin"] as const;

const PEOPLE = 40 * SOAK;

/** How long a client tries to have an event accepted. */
const ACCEPT_TIMEOUT_MS = 40_000;

const servers = together(useMongo(), useRedis());

interface StreakDocument {
  readonly u: string;
  readonly aliasOf?: string;
  readonly days?: { readonly "=like"?: Readonly<Record<string, number>> };
  readonly others?: { readonly "=like"?: Readonly<Record<string, Readonly<Record<string, number>>>> };
  readonly zone?: { readonly tz: string };
  readonly home?: string;
}

interface EventDocument {
  readonly u: string;
  readonly day: number;
  readonly dayZone?: string;
}

/** The first events of a person: in each zone one of each day, from two names that are one user. */
function firstEventsOf(person: number): Event[] {
  return ZONES.flatMap((tz) =>
    [10, 12].flatMap((day) =>
      [`user_${person}`, `cookie_${person}`].map((userHash): Event => {
        const key = day === 12 && { idempotencyKey: `${userHash} ${day} ${tz}` };
        return { siteKey: SITE_KEY, userHash, event: "like", type: "streak_interaction", at: atNoon(day), tz, ...key };
      }),
    ),
  );
}

const atNoon = (day: number) => day * DAY_MS + DAY_MS / 2;

/** Compares what is stored of each person with what must follow from the events, in whatever order they came. */
async function verifyPeople(cluster: Cluster): Promise<void> {
  const streaks = (await cluster.stored<StreakDocument>("streaks")).filter(({ aliasOf }) => aliasOf === undefined);
  const events = await cluster.stored<EventDocument>("events");
  const bothDays = { "1970-01": (1 << 10) | (1 << 12) };
  expect(streaks).toHaveLength(PEOPLE);
  for (const { u, days, others, home, zone } of streaks) {
    // Someone was first. All other zones keep their days apart.
    expect(ZONES, u).toContain(home);
    // The latest events are of the same time, so the greatest name wins.
    expect(zone?.tz, u).toBe("Europe/Berlin");
    expect(days, u).toEqual({ "=like": bothDays });
    const abroad = ZONES.filter((tz) => tz !== home);
    expect(others, u).toEqual({ "=like": Object.fromEntries(abroad.map((tz) => [`@${tz}`, bothDays])) });
    // Who assumed another home zone has left events of the home zone in places that nothing reads, as their zone is named.
    const kept = events.filter((event) => event.u === u && event.dayZone !== home);
    const daysOfZones = kept.map(({ day, dayZone = home }) => `${day} ${dayZone}`);
    expect(daysOfZones.toSorted(), u).toEqual([10, 12].flatMap((day) => ZONES.map((tz) => `${day} ${tz}`)).toSorted());
  }
}

test.each([
  { what: "nothing fails", kills: 0 },
  { what: "an instance is killed again and again", kills: 3 },
])(
  "of users who name three zones at once from two names that get linked, over two instances, each day keeps its zones while $what",
  async ({ kills }) => {
    const random = startChoices();
    const cluster = await startCluster(servers);
    /** Sends something until it is accepted, as clients do. */
    async function until(call: () => Promise<Ending> | undefined): Promise<void> {
      await expect.poll(async () => (await call()) ?? "lost", { timeout: ACCEPT_TIMEOUT_MS, interval: 20 }).toBe("ok");
    }
    const clientOf = () => random.pick(cluster.instances).client;
    let done = 0;
    const people = Array.from({ length: PEOPLE }, (_, person) => person);
    const killing = (async () => {
      for (let kill = 1; kill <= kills; kill++) {
        await expect.poll(() => done, { timeout: ACCEPT_TIMEOUT_MS, interval: 1 }).toBeGreaterThan((PEOPLE * kill) / 5);
        const instance = random.pick(cluster.instances);
        await instance.kill();
        await instance.restart();
      }
    })();
    // A few people at a time, so that what one does meets.
    await Promise.all(
      [0, 1, 2, 3].map(async (lane) => {
        for (const person of people.filter((each) => each % 4 === lane)) {
          const link = () => clientOf()?.link(SITE_KEY, `cookie_${person}`, `user_${person}`);
          const calls = [
            ...firstEventsOf(person).map((event) => () => clientOf()?.record(random.pick(PROTOCOLS), event)),
            link,
          ];
          const order = new Map(calls.map((call) => [call, random.below(1000)]));
          await Promise.all(calls.toSorted((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0)).map(until));
          done += 1;
        }
      }),
    );
    await killing;
    await verifyPeople(cluster);
  },
);
