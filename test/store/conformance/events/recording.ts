import { expect, it } from "vitest";
import {
  checkIn,
  DAY,
  daysOf,
  impression,
  MANY_CALLS_MS,
  months,
  NOW,
  type OpenStore,
  useStore,
  whoIs,
} from "../fixture.ts";

/** Names that have meant something to some database, language or key format. */
const AWKWARD = [
  "__proto__",
  "constructor",
  "toString",
  "'; DROP TABLE streaks; --",
  '"',
  "\\",
  "%",
  "_",
  "$gt",
  "a.b",
  "a|b",
  "a",
  "A",
  " a ",
  "a\n",
  "\u00e9",
  "e\u0301",
  "👩‍👩‍👧",
  "0",
  "null",
  "x".repeat(256),
];

export function describeRecording(open: OpenStore): void {
  const current = useStore(open);

  it("a user never seen has no days and no zone", async () => {
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({ days: {} });
  });

  it("an empty batch has no outcomes", async () => {
    expect(await current.store.events.record([], NOW)).toEqual([]);
  });

  it("a check-in is stored once: later ones of its day are repeats", async () => {
    expect(await current.store.events.record([checkIn()], NOW)).toEqual(["stored"]);
    expect(await current.store.events.record([checkIn()], NOW)).toEqual(["repeat"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a batch that is tried again is all repeats", async () => {
    const batch = [checkIn(), checkIn({ day: DAY + 1 }), impression(), checkIn({ userHash: "bob" })];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "stored", "stored", "stored"]);
    expect(await current.store.events.record(batch, NOW)).toEqual(["repeat", "repeat", "repeat", "repeat"]);
  });

  it("outcomes come in the batch's order, and its first event of a day is the one stored", async () => {
    await current.store.events.record([checkIn({ day: DAY - 1 })], NOW);
    const batch = [checkIn(), checkIn({ day: DAY - 1 }), checkIn(), checkIn({ userHash: "bob" }), checkIn()];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "repeat", "repeat", "stored", "repeat"]);
  });

  it("days of projects, users and events are apart", async () => {
    const batch = [
      checkIn(),
      checkIn({ projectId: "p2", day: DAY + 1 }),
      checkIn({ userHash: "bob", day: DAY + 2 }),
      checkIn({ event: "visit", day: DAY + 3 }),
    ];
    await current.store.events.record(batch, NOW);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await daysOf(current.store, "ann", "like", "p2")).toEqual(months(DAY + 1));
    expect(await daysOf(current.store, "bob")).toEqual(months(DAY + 2));
    expect(await daysOf(current.store, "ann", "visit")).toEqual(months(DAY + 3));
  });

  it(
    "every day of ten years, in no order, is done",
    async () => {
      const days = Array.from({ length: 3653 }, (_, index) => DAY - ((index * 1009) % 3653));
      const outcomes = await current.store.events.record(
        days.map((day) => checkIn({ day })),
        NOW,
      );
      expect(new Set(outcomes)).toEqual(new Set(["stored"]));
      expect(await daysOf(current.store, "ann")).toEqual(months(...days));
    },
    MANY_CALLS_MS,
  );

  it("days before 1970 are days like others", async () => {
    await current.store.events.record([checkIn({ day: -1 }), checkIn({ day: -400 })], NOW);
    expect(await daysOf(current.store, "ann")).toEqual(months(-400, -1));
  });

  it("what is recorded is there after a restart", async () => {
    await current.store.events.record([checkIn({ tz: "Asia/Tokyo" })], NOW);
    await current.reopen();
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({
      days: months(DAY),
      zone: { name: "Asia/Tokyo", at: NOW },
    });
    expect(await current.store.events.record([checkIn()], NOW)).toEqual(["repeat"]);
  });

  it("an analytics event does no day and names no zone", async () => {
    const batch = [impression({ tz: "Asia/Tokyo" }), impression({ type: "widget_interaction", tz: "Asia/Tokyo" })];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "stored"]);
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({ days: {} });
    expect(await current.store.events.record([checkIn()], NOW)).toEqual(["stored"]);
  });

  it("analytics events are told apart by their ids", async () => {
    const batch = [impression({ id: "one" }), impression({ id: "two" }), impression({ id: "one" })];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "stored", "repeat"]);
    expect(await current.store.events.record([impression({ id: "two" })], NOW)).toEqual(["repeat"]);
  });

  it("an event is stored with everything that it may carry", async () => {
    const event = checkIn({
      tz: "UTC",
      meta: '{"__proto__":1,"a\'b":"\u{1f98a}"}',
      sessionId: "s",
      idempotencyKey: "k",
    });
    expect(await current.store.events.record([event, { ...event, ...impression(), idempotencyKey: "l" }], NOW)).toEqual(
      ["stored", "stored"],
    );
  });

  it("awkward names are names like others", async () => {
    const dayOf = (index: number) => DAY + index;
    for (const [index, name] of AWKWARD.entries()) {
      const day = dayOf(index);
      const batch = [
        checkIn({ projectId: name, day }),
        checkIn({ userHash: name, day, idempotencyKey: name }),
        checkIn({ event: name, day, meta: JSON.stringify({ [name]: name }), sessionId: name }),
        impression({ id: name, day }),
      ];
      expect(await current.store.events.record(batch, NOW), name).toEqual(["stored", "stored", "stored", "stored"]);
    }
    for (const [index, name] of AWKWARD.entries()) {
      const done = months(dayOf(index));
      expect(await daysOf(current.store, "ann", "like", name), name).toEqual(done);
      expect(await daysOf(current.store, name), name).toEqual(done);
      expect(await daysOf(current.store, "ann", name), name).toEqual(done);
      expect(await current.store.streaks.linkUser("p1", name, `${name}!`), name).toBe(true);
      expect(await whoIs(current.store, name), name).toBe(`${name}!`);
      expect(await daysOf(current.store, `${name}!`), name).toEqual(done);
    }
  });

  it("names that read the same when joined are apart", async () => {
    const batch = [
      checkIn({ userHash: "a|b", event: "c" }),
      checkIn({ userHash: "a", event: "b|c" }),
      checkIn({ projectId: "p1|a", userHash: "b", event: "c" }),
      checkIn({ projectId: "p1", userHash: "a|b", event: "c|" }),
    ];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "stored", "stored", "stored"]);
  });

  it("of many batches at once with the same day, exactly one stores it", async () => {
    const batches = Array.from({ length: 40 }, () => current.store.events.record([checkIn()], NOW));
    const outcomes = (await Promise.all(batches)).flat();
    expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "repeat")).toHaveLength(39);
  });

  it("of many batches at once with a day each, all are done", async () => {
    const days = Array.from({ length: 40 }, (_, index) => DAY + index);
    const outcomes = await Promise.all(days.map((day) => current.store.events.record([checkIn({ day })], NOW)));
    expect(new Set(outcomes.flat())).toEqual(new Set(["stored"]));
    expect(await daysOf(current.store, "ann")).toEqual(months(...days));
  });
}
