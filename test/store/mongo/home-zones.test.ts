import { describe, expect, it, onTestFinished } from "vitest";
import { hasDay } from "#src/domain/months.ts";
import { homeOf } from "#src/store/day-kinds.ts";
import type { ResolvedUser, StoredEvent, Unverified } from "#src/store/events.ts";
import { type SendBulk, sendApart } from "#src/store/mongo/bulk.ts";
import type { Stores } from "#src/store/stores.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import {
  asUser,
  checkIn,
  DAY,
  daysBetween,
  MANY_CALLS_MS,
  months,
  NOW,
  recordResolved,
} from "../conformance/fixture.ts";
import { openWatched } from "./commands.ts";
import { ANY_EVENT, CUTS, collectionsOf, cutAtEveryCommand, openStore } from "./support.ts";

const mongo = useOwnMongo();

const [TOKYO, PARIS, APIA] = ["Asia/Tokyo", "Europe/Paris", "Pacific/Apia"] as const;

/** What the look-up of a user without a document says. */
const NEW = { unverified: "not found" as Unverified };

function inZone(tz: string, fields: Partial<StoredEvent> = {}): StoredEvent {
  return checkIn({ at: NOW, tz, dayZone: tz, ...fields });
}

/**
 * Opens a store that pauses in each batch once, when its events are written and its users are not. Returns the store, and
 * what resolves when it pauses and lets it go on.
 */
function openPausing(uri: string) {
  const paused = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const { store } = openWatched(uri, (connection): SendBulk => {
    const send = sendApart(connection, true);
    return async (notes, events, streaks) => {
      const { inserted } = await send(notes, events, []);
      paused.resolve();
      await goOn.promise;
      return { inserted, doubtful: (await send([], [], streaks)).doubtful };
    };
  });
  onTestFinished(() => goOn.resolve());
  return { store, paused: paused.promise, goOn: () => goOn.resolve() };
}

/** The check-ins of ann, each with the zone that it names and the one that dated it where that is not home. */
async function checkInsOf(store: Stores) {
  const user = { projectId: "p1", userHash: "ann" };
  const found = await store.users.readCheckIns(user, "like", daysBetween(DAY - 3, DAY + 3));
  return found.map(({ day, tz, dayZone }) => [day, tz, dayZone]);
}

const readAnn = (store: Stores) => store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like");

describe("of the first zones of a user that two instances name at the same time, one is home", () => {
  async function race(first: StoredEvent, second: StoredEvent, before: readonly StoredEvent[] = []) {
    const uri = mongo.server.uri();
    const pausing = openPausing(uri);
    const other = await openStore(uri);
    await other.events.record(before, NOW);
    const begun = pausing.store.events.record([first], NOW);
    await pausing.paused;
    const outcomes = [...(await other.events.record([second], NOW))];
    pausing.goOn();
    outcomes.unshift(...(await begun));
    return { uri, store: other, outcomes };
  }

  it.each([
    { what: "a day that both do", day: DAY },
    { what: "different days", day: DAY + 1 },
  ])(
    "of a new user, with $what: the later one is refuted, shows nowhere, and is then stored as one of its zone",
    async ({ day }) => {
      const early = inZone(TOKYO, { day, ...NEW });
      const { store, outcomes } = await race(early, inZone(PARIS, NEW));
      expect(outcomes).toEqual(["refuted", "stored"]);
      const zone = { name: PARIS, at: NOW };
      expect(await readAnn(store)).toEqual({ days: months(DAY), zone });
      expect(await checkInsOf(store)).toEqual([[DAY, PARIS, undefined]]);

      const { unverified: _, ...again } = early;
      expect(await store.events.record([{ ...again, userHome: PARIS }], NOW)).toEqual(["stored"]);
      const others = [{ late: false, zone: TOKYO, days: months(day) }];
      expect(await readAnn(store)).toEqual({ days: months(DAY), others, home: PARIS, zone });
      expect(await checkInsOf(store)).toEqual([
        [DAY, PARIS, undefined],
        [day, TOKYO, TOKYO],
      ]);
    },
  );

  it("of a new user, under an idempotency key: it is stored at once, in its own zone, and once", async () => {
    const keyed = inZone(TOKYO, { idempotencyKey: "k", meta: "1", ...NEW });
    const { store, outcomes } = await race(keyed, inZone(PARIS, NEW));
    expect(outcomes).toEqual(["stored", "stored"]);
    expect(await store.events.record([{ ...keyed, day: DAY + 1, id: "again" }], NOW)).toEqual(["replayed"]);
    expect(await readAnn(store)).toEqual({
      ...{ days: months(DAY), others: [{ late: false, zone: TOKYO, days: months(DAY) }] },
      ...{ home: PARIS, zone: { name: PARIS, at: NOW } },
    });
    expect(await checkInsOf(store)).toEqual([
      [DAY, PARIS, undefined],
      [DAY, TOKYO, TOKYO],
    ]);
  });

  it("of a user who has had none: both are stored, each with its own zone", async () => {
    const { store, outcomes } = await race(inZone(TOKYO), inZone(PARIS, { at: NOW - 1 }), [checkIn({ day: DAY - 1 })]);
    expect(outcomes).toEqual(["stored", "stored"]);
    expect(await readAnn(store)).toEqual({
      ...{ days: months(DAY - 1, DAY), others: [{ late: false, zone: TOKYO, days: months(DAY) }] },
      ...{ home: PARIS, zone: { name: TOKYO, at: NOW } },
    });
    expect(await checkInsOf(store)).toEqual([
      [DAY - 1, undefined, undefined],
      [DAY, PARIS, undefined],
      [DAY, TOKYO, TOKYO],
    ]);
  });

  it("of a user who has had none, in the same zone: the day is done once", async () => {
    const { uri, store, outcomes } = await race(inZone(TOKYO), inZone(TOKYO), [checkIn({ day: DAY - 1 })]);
    // The first of them wrote the event.
    expect(outcomes).toEqual(["stored", "repeat"]);
    expect(await readAnn(store)).toEqual({ days: months(DAY - 1, DAY), zone: { name: TOKYO, at: NOW } });
    expect(await collectionsOf(mongo.server, uri).events.countDocuments(ANY_EVENT)).toBe(2);
  });

  it("one that comes from a link, and one from an event: no day loses the zone that has dated it", async () => {
    const uri = mongo.server.uri();
    const pausing = openPausing(uri);
    const other = await openStore(uri);
    await other.events.record([checkIn({ day: DAY - 1 })], NOW);
    await other.events.record([inZone(TOKYO, { userHash: "anon", ...NEW })], NOW);
    await other.events.record([inZone(APIA, { userHash: "anon", day: DAY + 1, userHome: TOKYO })], NOW);
    // Without a zone of its own: dated by the zone of the visitor.
    await other.events.record([checkIn({ userHash: "anon", day: DAY + 2, dayZone: TOKYO, userHome: TOKYO })], NOW);

    const linking = pausing.store.streaks.linkUser("p1", "anon", "ann");
    await pausing.paused;
    expect(await other.events.record([inZone(APIA, { day: DAY + 1 })], NOW)).toEqual(["stored"]);
    pausing.goOn();
    expect(await linking).toBe(true);
    expect(await readAnn(other)).toEqual({
      days: months(DAY - 1, DAY + 1),
      others: [{ late: false, zone: TOKYO, days: months(DAY, DAY + 2) }],
      ...{ home: APIA, zone: { name: APIA, at: NOW } },
    });
    expect(await checkInsOf(other)).toEqual([
      [DAY - 1, undefined, undefined],
      [DAY, TOKYO, TOKYO],
      [DAY + 1, APIA, undefined],
      [DAY + 2, undefined, TOKYO],
    ]);
  });

  it("an event that has found another in its place, which turns out to be of another zone, still leaves its day one", async () => {
    const uri = mongo.server.uri();
    const pausing = openPausing(uri);
    const other = await openStore(uri);
    const begun = pausing.store.events.record([inZone(TOKYO, NEW)], NOW);
    await pausing.paused;
    await other.events.record([inZone(PARIS, { day: DAY + 1, ...NEW })], NOW);
    expect(await other.events.record([inZone(PARIS, { userHome: PARIS })], NOW)).toEqual(["repeat"]);
    pausing.goOn();
    expect(await begun).toEqual(["refuted"]);
    expect(await readAnn(other)).toEqual({ days: months(DAY, DAY + 1), zone: { name: PARIS, at: NOW } });
    // It is the one that was found there.
    expect(await checkInsOf(other)).toEqual([
      [DAY, TOKYO, undefined],
      [DAY + 1, PARIS, undefined],
    ]);
  });

  it(
    "however many come at once to two instances: each day keeps its zones, and has one event of each",
    async () => {
      const uri = mongo.server.uri();
      const stores = [openWatched(uri, (connection) => sendApart(connection, true)).store, await openStore(uri)];
      const store = stores[0] as Stores;
      const { events } = collectionsOf(mongo.server, uri);
      for (let round = 0; round < 60; round++) {
        const projectId = `p${round}`;
        if (round % 3 === 0) {
          await store.events.record([checkIn({ projectId, day: DAY - 1 })], NOW);
        }
        const sent = Array.from({ length: 8 }, (_, index) => {
          const tz = [TOKYO, PARIS, APIA][(index + round) % 3] as string;
          const idempotencyKey = index % 4 === 3 ? `k${index}` : undefined;
          return inZone(tz, { projectId, day: DAY + (index % 2), ...(idempotencyKey && { idempotencyKey }) });
        });
        // All are resolved before any is stored.
        const users = await store.events.resolveUsers(sent);
        const resolved = sent.map((event, index) => asUser(event, users[index] as ResolvedUser));
        await Promise.all(resolved.map((event, index) => recordResolved(stores[index % 2] as Stores, [event])));

        const streak = await store.streaks.readStreak({ projectId, userHash: "ann" }, "like");
        const home = homeOf(streak);
        const ofZone = (zone: string) => months(...sent.filter(({ tz }) => tz === zone).map(({ day }) => day));
        expect([TOKYO, PARIS, APIA]).toContain(home);
        expect(streak.others).toEqual(
          [APIA, PARIS, TOKYO]
            .filter((zone) => zone !== home)
            .map((zone) => ({ late: false, zone, days: ofZone(zone) }))
            .toSorted((one, other) => (one.zone < other.zone ? -1 : 1)),
        );
        const kept = await events.find({ p: projectId, day: { $gte: DAY } }).toArray();
        const done = kept.filter(({ day, dayZone = home }) => hasDay(ofZone(dayZone), day));
        expect(done.map(({ day, dayZone = home }) => `${day} ${dayZone}`).toSorted()).toEqual(
          [...new Set(sent.map(({ day, tz }) => `${day} ${tz}`))].toSorted(),
        );
        expect(done.filter(({ tz, dayZone = home }) => tz !== dayZone)).toEqual([]);
      }
    },
    MANY_CALLS_MS,
  );
});

describe("the home zone", () => {
  it("is fixed by the event that leaves it, whatever comes at the same time from home", async () => {
    const uri = mongo.server.uri();
    const pausing = openPausing(uri);
    const other = await openStore(uri);
    await other.events.record([inZone(PARIS, { at: NOW - 2, ...NEW })], NOW);
    const abroad = pausing.store.events.record([inZone(TOKYO, { userHome: PARIS })], NOW);
    await pausing.paused;
    // Both are newer. They move the zone, and neither changes what was home.
    const atHome = inZone(PARIS, { day: DAY + 1, at: NOW + 1, userHome: PARIS });
    expect(await other.events.record([atHome], NOW)).toEqual(["stored"]);
    pausing.goOn();
    expect(await abroad).toEqual(["stored"]);
    expect(await other.events.record([{ ...atHome, day: DAY + 2 }], NOW)).toEqual(["stored"]);
    expect(await readAnn(other)).toEqual({
      ...{ days: months(DAY, DAY + 1, DAY + 2), others: [{ late: false, zone: TOKYO, days: months(DAY) }] },
      ...{ home: PARIS, zone: { name: PARIS, at: NOW + 1 } },
    });
  });

  it("is there after an alias has come in between: the event goes to the user, whose home is another", async () => {
    const uri = mongo.server.uri();
    const pausing = openPausing(uri);
    const other = await openStore(uri);
    await other.events.record([inZone(PARIS, NEW)], NOW);
    const anon = inZone(TOKYO, { userHash: "anon", day: DAY + 1, ...NEW });
    const begun = pausing.store.events.record([anon], NOW);
    await pausing.paused;
    await other.streaks.linkUser("p1", "anon", "ann");
    pausing.goOn();
    expect(await begun).toEqual(["moved"]);
    const { unverified: _, ...again } = anon;
    expect(await other.events.record([{ ...again, userHash: "ann", userHome: PARIS }], NOW)).toEqual(["stored"]);
    expect(await readAnn(other)).toMatchObject({ home: PARIS, others: [{ zone: TOKYO, days: months(DAY + 1) }] });
    expect(await checkInsOf(other)).toEqual([
      [DAY, PARIS, undefined],
      [DAY + 1, TOKYO, TOKYO],
    ]);
  });

  it.each(CUTS)(
    "is the same when an event is cut off at any command, $when, that leaves it or guesses it, and is sent again",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const batchOf = (projectId: string): StoredEvent[] => [
        // Known to live in Paris.
        inZone(TOKYO, { projectId, day: DAY + 1, userHome: PARIS }),
        // Taken for new, and has a home: found out late.
        inZone(TOKYO, { projectId, userHash: "bob", day: DAY + 1, idempotencyKey: "k", ...NEW }),
        // Has had no zone.
        inZone(TOKYO, { projectId, userHash: "cat", day: DAY + 1, late: true }),
        inZone(PARIS, { projectId, userHash: "cat", day: DAY + 1 }),
      ];
      const cuts = await cutAtEveryCommand(
        mongo.server,
        how,
        async (round) => {
          const projectId = `p${round}`;
          const atHome = ["ann", "bob"].map((userHash) => inZone(PARIS, { projectId, userHash, ...NEW }));
          await other.events.record([...atHome, checkIn({ projectId, userHash: "cat" })], NOW);
          await cut.events.record(batchOf(projectId), NOW);
        },
        async (round) => {
          const projectId = `p${round}`;
          await other.events.record(batchOf(projectId), NOW);
          const read = (userHash: string) => other.streaks.readStreak({ projectId, userHash }, "like");
          const abroad = [{ late: false, zone: TOKYO, days: months(DAY + 1) }];
          expect(await read("ann")).toMatchObject({ days: months(DAY), others: abroad, home: PARIS });
          expect(await read("bob")).toMatchObject({ days: months(DAY), others: abroad, home: PARIS });
          expect(await read("cat")).toMatchObject({
            days: months(DAY),
            home: TOKYO,
            others: [
              { late: false, zone: PARIS, days: months(DAY + 1) },
              { late: true, days: months(DAY + 1) },
            ],
          });
          for (const userHash of ["ann", "bob", "cat"]) {
            const user = { projectId, userHash };
            const found = await other.users.readCheckIns(user, "like", daysBetween(DAY, DAY + 1));
            expect(found, userHash).toHaveLength(userHash === "cat" ? 3 : 2);
          }
        },
      );
      expect(cuts).toBeGreaterThan(4);
    },
    MANY_CALLS_MS,
  );
});
