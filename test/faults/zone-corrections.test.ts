import { expect, test } from "vitest";
import { dayOf } from "#src/domain/day.ts";
import { useMongo } from "../support/mongo.ts";
import { CUTS, startMongoProxy } from "../support/mongo-proxy.ts";
import { SOAK } from "../support/soak.ts";
import { type Ending, type Event, PROTOCOLS } from "./client.ts";
import { type Cluster, countEach, SITE_KEY, STORE_AWAY, startCluster, together, useRedis } from "./cluster.ts";
import { DAY_MS } from "./history.ts";
import { startChoices } from "./seed.ts";

/** The zone that the app has named, and that in which people are: it is nine hours ahead. */
const [WRONG, RIGHT] = ["UTC", "Asia/Tokyo"];

const PEOPLE = 8 * SOAK;
const FIRST_DAY = 20_000;
const DAYS = Array.from({ length: 8 }, (_, index) => FIRST_DAY + 2 * index);

/** How long a client tries to have something accepted. */
const ACCEPT_TIMEOUT_MS = 60_000;

/** After how many accepted calls a connection is cut next. */
const CALLS_BETWEEN_CUTS = 6;

/** The commands of which recording and correcting consist. */
const COMMANDS = ["insert", "bulkWrite", "update", "delete", "find"];

const servers = together(useMongo(), useRedis());

interface StreakDocument {
  readonly u: string;
  readonly aliasOf?: string;
  readonly days?: { readonly "=like"?: object };
  readonly others?: { readonly "=like"?: Readonly<Record<string, Readonly<Record<string, number>>>> };
  readonly zone?: { readonly tz: string };
  readonly home?: string;
}

interface EventDocument {
  readonly u: string;
  readonly day: number;
  readonly at: Date;
  readonly dayZone?: string;
  readonly vacated?: true;
}

/** The names of a person, which get linked. */
const namesOf = (person: number) => [`user_${person}`, `cookie_${person}`] as const;

/**
 * The events of a person. Those of one day that name the wrong zone are all of one day in the right one, so that it decides
 * nothing which of them comes first. Half of the others name the right zone, as an app does that was mended.
 * Two of three have idempotency keys, as those of the SDK do.
 */
function eventsOf(person: number): Event[] {
  return DAYS.flatMap((day, index) => {
    const hours = index % 2 === 0 ? [16, 20, 23] : [1, 5, 14];
    return hours.map((hour, nth): Event => {
      const at = day * DAY_MS + hour * 3_600_000;
      const tz = nth === 2 ? RIGHT : WRONG;
      const userHash = namesOf(person)[(index + nth) % 2] as string;
      const key = nth > 0 && { idempotencyKey: `${person} ${at}` };
      return { siteKey: SITE_KEY, userHash, event: "like", type: "streak_interaction", at, tz, ...key };
    });
  });
}

/** The days that a person has done in the right zone. */
const daysOf = (person: number) => [...new Set(eventsOf(person).map(({ at }) => dayOf(at, RIGHT)))].toSorted();

async function verifyPeople(cluster: Cluster): Promise<void> {
  const streaks = (await cluster.stored<StreakDocument>("streaks")).filter(({ aliasOf }) => aliasOf === undefined);
  const events = await cluster.stored<EventDocument>("events");
  expect(streaks.map(({ u }) => u).toSorted()).toEqual(
    Array.from({ length: PEOPLE }, (_, person) => namesOf(person)[0]).toSorted(),
  );
  for (const { u, days, others, home, zone } of streaks) {
    const done = daysOf(Number(u.split("_")[1]));
    const months: Record<string, number> = {};
    for (const day of done) {
      const date = new Date(day * DAY_MS);
      const month = date.toISOString().slice(0, 7);
      months[month] = (months[month] ?? 0) | (1 << (date.getUTCDate() - 1));
    }
    // The wrong zone is home still, and has no days.
    expect({ days: days?.["=like"], others: others?.["=like"], home, zone: zone?.tz }, u).toEqual({
      ...{ days: undefined, others: { [`@${RIGHT}`]: months }, home: WRONG, zone: RIGHT },
    });
    const kept = events.filter((event) => event.u === u && event.dayZone === RIGHT && !event.vacated);
    expect(kept.map(({ day }) => day).toSorted(), u).toEqual(done);
    expect(kept.map(({ at }) => dayOf(at.getTime(), RIGHT)).toSorted(), u).toEqual(done);
  }
}

test("zones corrected again and again while events come to two instances, connections are cut and names get linked: asking once more makes every day right", async () => {
  const random = startChoices();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const instanceOf = () => random.pick(cluster.instances);
  let accepted = 0;
  /** Sends something until it is accepted, as clients do. */
  async function until(call: () => Promise<Ending> | undefined): Promise<void> {
    await expect.poll(async () => (await call()) ?? "lost", { timeout: ACCEPT_TIMEOUT_MS, interval: 20 }).toBe("ok");
    accepted += 1;
    if (accepted % CALLS_BETWEEN_CUTS === 0) {
      proxy.cut(random.pick(COMMANDS), random.pick(CUTS), 1 + random.below(3));
    }
  }
  const record = (event: Event) => until(() => instanceOf().client?.record(random.pick(PROTOCOLS), event));
  const correct = (name: string) =>
    until(() => instanceOf().client?.correctZone(SITE_KEY, name, { wrongZone: WRONG, rightZone: RIGHT }));

  const people = Array.from({ length: PEOPLE }, (_, person) => person);
  // A few people at a time, so that what one does meets.
  await Promise.all(
    [0, 1, 2, 3].map(async (lane) => {
      for (const person of people.filter((each) => each % 4 === lane)) {
        const [user, cookie] = namesOf(person);
        const events = eventsOf(person);
        const firsts = [user, cookie].map((name) =>
          events.find(({ userHash, tz }) => userHash === name && tz === WRONG),
        ) as Event[];
        // The wrong zone is home.
        await Promise.all(firsts.map(record));
        const calls = [
          ...events.map((event) => () => record(event)),
          ...[user, user, user, cookie, cookie].map((name) => () => correct(name)),
          () => until(() => instanceOf().client?.link(SITE_KEY, cookie, user)),
        ];
        const order = new Map(calls.map((call) => [call, random.below(1000)]));
        const shuffled = calls.toSorted((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
        // In waves, so that corrections find events, and events come amid corrections.
        for (let start = 0; start < shuffled.length; start += 8) {
          await Promise.all(shuffled.slice(start, start + 8).map((call) => call()));
        }
      }
    }),
  );
  expect(Math.max(...(await countEach(cluster.instances, STORE_AWAY)))).toBeGreaterThan(0);
  proxy.cutAll();
  await Promise.all(people.map((person) => correct(namesOf(person)[0])));

  await verifyPeople(cluster);
  // A key changes nothing, whatever instance is asked.
  await Promise.all(
    people.map(async (person) => {
      for (const event of eventsOf(person).filter(({ idempotencyKey }) => idempotencyKey !== undefined)) {
        await record(event);
      }
    }),
  );
  await verifyPeople(cluster);
  for (const person of people) {
    for (const name of namesOf(person)) {
      // A read can meet the last cut.
      const current = async () =>
        (await instanceOf().client?.state(random.pick(PROTOCOLS), SITE_KEY, name, "like"))?.streak.current;
      await expect.poll(current, { timeout: ACCEPT_TIMEOUT_MS, message: name }).toBe(daysOf(person).length);
    }
  }
});
