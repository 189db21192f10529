import { expect, test } from "vitest";
import { dayStartsOf } from "#src/domain/day-start.ts";
import type { RulesVersion } from "#src/domain/rules.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

const HOUR_MS = 3_600_000;
/** Midnight of January 12 in UTC. */
const MIDNIGHT = NOW - 12 * HOUR_MS;
const [JAN_11, JAN_12, JAN_13] = [1 << 10, 1 << 11, 1 << 12];

const GRACE: RulesVersion = {
  cadence: { kind: "every_day" },
  neverMissTwice: false,
  daysOff: { weekdays: [], dates: [], holidays: [] },
  grace: 120,
};
const dayStarts = dayStartsOf([GRACE]) as NonNullable<ReturnType<typeof dayStartsOf>>;

const ofJanuary = (bits: number) => ({ "2024-01": bits });
const inZone = (zone: string, bits: number) => ({ late: false, zone, days: ofJanuary(bits) });

async function open(options: Parameters<typeof openIngest>[0] = {}) {
  const opened = await openIngest(options);
  return {
    ...opened,
    read: (userHash = "u") => opened.store.streaks.readStreak({ projectId: "p", userHash }, "like"),
  };
}

test("a known day at home does not swallow an event in another zone, nor the other way round", async () => {
  const { ingest, read, batches } = await open();
  await ingest.record(like("u", { tz: "Europe/Paris" }), ample());
  expect(await ingest.record(like("u", { tz: "Asia/Tokyo", at: NOW - 1 }), ample())).toBe("stored");
  expect(await ingest.record(like("u", { tz: "Asia/Tokyo", at: NOW - 1 }), ample())).toBe("repeat");
  expect(await ingest.record(like("u", { tz: "Europe/Paris", at: NOW - 1 }), ample())).toBe("repeat");
  expect(batches).toEqual([1, 1]);
  expect(await read()).toMatchObject({
    days: ofJanuary(JAN_12),
    others: [inZone("Asia/Tokyo", JAN_12)],
    home: "Europe/Paris",
  });
});

test("an event that names no zone is dated in the user's, and known by the kind of that", async () => {
  const { ingest, read, batches } = await open();
  await ingest.record(like("u", { tz: "UTC" }), ample());
  await ingest.record(like("u", { event: "visit", tz: "Pacific/Kiritimati", at: NOW + 1 }), ample());
  expect(batches).toHaveLength(2);
  // Two in the morning of the 13th in Kiritimati.
  expect(await ingest.record(like("u"), ample())).toBe("stored");
  expect(await ingest.record(like("u"), ample())).toBe("repeat");
  expect(await ingest.record(like("u", { at: NOW + 1 }), ample())).toBe("repeat");
  expect(batches).toHaveLength(3);
  expect(await read()).toMatchObject({ days: ofJanuary(JAN_12), others: [inZone("Pacific/Kiritimati", JAN_13)] });
});

test("an event in the grace is late, and a known day does not swallow it, nor the other way round", async () => {
  const { ingest, read, batches } = await open();
  const at = (instant: number) => like("u", { dayStarts, at: instant });
  expect(await ingest.record(at(MIDNIGHT + 2 * HOUR_MS), ample())).toBe("stored");
  expect(await ingest.record(at(MIDNIGHT + 2 * HOUR_MS - 1), ample())).toBe("stored");
  expect(await ingest.record(at(MIDNIGHT), ample())).toBe("repeat");
  expect(await ingest.record(at(MIDNIGHT + 5 * HOUR_MS), ample())).toBe("repeat");
  expect(await ingest.record(at(MIDNIGHT - 1), ample())).toBe("stored");
  expect(batches).toHaveLength(3);
  expect(await read()).toEqual({
    days: ofJanuary(JAN_11 | JAN_12),
    others: [{ late: true, days: ofJanuary(JAN_12) }],
  });
});

test("whether an event is late is told by the clock of the zone that dates it", async () => {
  const { ingest, read } = await open();
  // 00:30 in Paris.
  await ingest.record(like("u", { dayStarts, tz: "Europe/Paris", at: MIDNIGHT - HOUR_MS / 2 }), ample());
  await ingest.record(like("u", { dayStarts, at: MIDNIGHT - HOUR_MS / 4 }), ample());
  await ingest.record(like("u", { dayStarts, tz: "UTC", at: MIDNIGHT - HOUR_MS / 2 }), ample());
  expect(await read()).toMatchObject({
    days: {},
    others: [inZone("UTC", JAN_11), { late: true, days: ofJanuary(JAN_12) }],
  });
});

test("a user who is met again after a restart, elsewhere, has both days, and both are known then", async () => {
  const { ingest, read, batches, reopen } = await open();
  await ingest.record(like("u", { tz: "Europe/Paris" }), ample());
  const again = await reopen();

  expect(await again.record(like("u", { tz: "Asia/Tokyo", at: NOW - 1 }), ample())).toBe("stored");
  expect(batches).toEqual([1, 1, 1]);
  expect(await again.record(like("u", { tz: "Asia/Tokyo", at: NOW - 1 }), ample())).toBe("repeat");
  expect(await again.record(like("u", { tz: "Europe/Paris", at: NOW - 1 }), ample())).toBe("repeat");
  expect(batches).toEqual([1, 1, 1]);
  expect(await read()).toMatchObject({ days: ofJanuary(JAN_12), others: [inZone("Asia/Tokyo", JAN_12)] });
});

test("of two zones that a user names first at the same time, neither hides a day of the other", async () => {
  const { ingest, read } = await open();
  await ingest.record(like("u", { event: "visit" }), ample());
  // The user is known to have no zone, so neither event can be known by its kind.
  const first = like("u", { tz: "Asia/Tokyo", at: NOW });
  const second = like("u", { tz: "Europe/Paris", at: NOW });
  expect(await Promise.all([ingest.record(first, ample()), ingest.record(second, ample())])).toEqual([
    "stored",
    "stored",
  ]);
  expect(await ingest.record({ ...second, at: NOW - 1 }, ample())).toBe("repeat");
  expect(await ingest.record({ ...first, at: NOW - 1 }, ample())).toBe("repeat");
  expect(await read()).toMatchObject({
    days: ofJanuary(JAN_12),
    others: [inZone("Europe/Paris", JAN_12)],
    home: "Asia/Tokyo",
  });
});

test("the same holds for a new user whose events come in one batch", async () => {
  const { ingest, read } = await open();
  const events = ["Asia/Tokyo", "Europe/Paris", "Asia/Tokyo", "UTC"].map((tz) => like("u", { tz }));
  const outcomes = await Promise.all(events.map((event) => ingest.record(event, ample())));
  expect(outcomes).toEqual(["stored", "stored", "repeat", "stored"]);
  expect(await read()).toMatchObject({
    days: ofJanuary(JAN_12),
    others: [inZone("Europe/Paris", JAN_12), inZone("UTC", JAN_12)],
    home: "Asia/Tokyo",
  });
});

test("an event whose user becomes an alias keeps its day, whether it is late, and the zone that has dated it", async () => {
  const { ingest, read, store } = await open({
    async before(batch) {
      if (batch === 3) {
        await store.streaks.linkUser("p", "anon", "user");
      }
    },
  });
  await ingest.record(like("user", { tz: "Pacific/Kiritimati" }), ample());
  await ingest.record(like("anon", { event: "visit", tz: "Europe/Paris" }), ample());
  // 00:30 in Paris, where the visitor is at home.
  await ingest.record(like("anon", { dayStarts, at: MIDNIGHT - HOUR_MS / 2 }), ample());
  expect(await read("user")).toMatchObject({
    days: ofJanuary(JAN_13),
    others: [{ late: true, zone: "Europe/Paris", days: ofJanuary(JAN_12) }],
    home: "Pacific/Kiritimati",
  });
});

test("an event without grace, zone or travel is known by the key that it always had", async () => {
  const { ingest, added } = await open();
  await ingest.record(like("u"), ample());
  await ingest.record(like("v", { tz: "UTC" }), ample());
  await ingest.record(like("v", { tz: "Asia/Tokyo" }), ample());
  await ingest.record(like("v", { tz: "UTC", dayStarts, at: MIDNIGHT }), ample());
  expect(added.map(({ key }) => key)).toEqual([
    "p\nday\nu\nlike\n19734",
    "p\nday\nv\nlike\n19734",
    "p\nday\nv\nlike\n19734\n@Asia/Tokyo",
    "p\nday\nv\nlike\n19734\nlate@",
  ]);
});
