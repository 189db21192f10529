import { expect, it, onTestFinished } from "vitest";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import { MAX_DATED } from "#src/store/zones.ts";
import { newFolder } from "../../support/folder.ts";
import { silentLog } from "../../support/log.ts";
import { DAY, MANY_CALLS_MS, NOW } from "../conformance/fixture.ts";
import { ANN, atHour, correct, datedBy, PARIS, TOKYO, UTC } from "../conformance/zones/support.ts";

it(
  "as many events as are redated at once are, and of more no more are read than tell that there are more",
  async () => {
    const store = await openSqliteStores(await newFolder(), silentLog);
    onTestFinished(() => store.close());
    const half = MAX_DATED / 2;
    const days = Array.from({ length: half }, (_, index) => DAY - index);
    await store.events.record(
      days.map((day) => atHour(22, day)),
      NOW,
    );
    const repeats = days.map((day) => atHour(8, day, { keepRepeat: true }));
    await store.events.record([...repeats, atHour(9, DAY, { keepRepeat: true })], NOW);
    expect(await datedBy(store, UTC)).toHaveLength(MAX_DATED + 1);
    expect(await datedBy(store, UTC, { to: DAY - 1 })).toHaveLength(MAX_DATED - 2);

    await store.events.record([atHour(8, DAY, { keepRepeat: true, tz: PARIS })], NOW);
    expect(await correct(store, { to: DAY - 1 })).toBe(true);
    expect(await datedBy(store, UTC)).toHaveLength(3);
    expect(await datedBy(store, PARIS)).toHaveLength(1);
    expect(await datedBy(store, TOKYO)).toHaveLength(MAX_DATED - 2);
    // Each day keeps its morning and gets the evening of the day before.
    expect((await store.streaks.readStreak(ANN, "like")).days).toEqual({ "2024-01": 1 << 14 });
  },
  MANY_CALLS_MS,
);
