import { expect, test } from "vitest";
import { type InstanceFacts, Instances } from "#src/service/system/instances.ts";
import { REPORT_LIFE_MS } from "#src/store/instances.ts";
import { createInstances } from "#src/store/sqlite/instances.ts";

const START = 1_000_000;

/** Two instances that share a store and a clock. */
function openTwo() {
  const store = createInstances();
  const time = { now: START };
  const open = (id: string, startTime: number) => {
    const self: InstanceFacts = {
      ...{ id, host: id, processId: 1, version: "1", nodeVersion: "v24", startTime },
      ...{ store: "mongodb", dedupeCache: "redis" },
    };
    return new Instances(
      store,
      self,
      async () => `metrics of ${id} at ${time.now}`,
      () => time.now,
    );
  };
  return { time, older: open("older", START - 2), younger: open("younger", START - 1) };
}

const summary = async (instances: Instances) => (await instances.list()).map(({ metrics }) => metrics);

test("an instance lists the others by their last report, and itself as it is now", async () => {
  const { time, older, younger } = openTwo();
  await older.report();
  await younger.report();
  time.now += 5;
  expect(await summary(older)).toEqual([`metrics of older at ${START + 5}`, `metrics of younger at ${START}`]);
  expect(await summary(younger)).toEqual([`metrics of older at ${START}`, `metrics of younger at ${START + 5}`]);
});

test("an instance that has never reported lists itself", async () => {
  const { older } = openTwo();
  expect(await summary(older)).toEqual([`metrics of older at ${START}`]);
});

test("an instance that has ended is not listed: at once when it says so, and a report's life later when it was killed", async () => {
  const { time, older, younger } = openTwo();
  await younger.report();
  time.now += REPORT_LIFE_MS;
  expect(await summary(older)).toHaveLength(2);
  time.now += 1;
  expect(await summary(older)).toHaveLength(1);
  await younger.report();
  expect(await summary(older)).toHaveLength(2);
  await younger.remove();
  expect(await summary(older)).toHaveLength(1);
});
