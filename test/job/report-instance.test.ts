import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startReporting } from "#src/job/report-instance.ts";
import type { Instances } from "#src/service/system/instances.ts";
import { createKeptLog } from "../support/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Instances whose report does as the test says; `steps` are what was asked of them. */
function fakeInstances(report: () => Promise<void>) {
  const steps: string[] = [];
  const instances = {
    async report() {
      steps.push("report");
      await report();
    },
    async remove() {
      steps.push("remove");
    },
  };
  return { steps, instances: instances as unknown as Instances };
}

test("an instance reports at its start, then every 15 seconds, and is removed at its end", async () => {
  const { steps, instances } = fakeInstances(async () => {});
  const reporter = startReporting(instances, createKeptLog());
  expect(steps).toEqual(["report"]);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(steps).toEqual(["report"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(steps).toEqual(["report", "report"]);
  await reporter.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(steps).toEqual(["report", "report", "remove"]);
});

test("a report that takes long is not overtaken, and the end waits for it before it removes the instance", async () => {
  const gate = Promise.withResolvers<void>();
  const { steps, instances } = fakeInstances(() => gate.promise);
  const reporter = startReporting(instances, createKeptLog());
  await vi.advanceTimersByTimeAsync(60_000);
  const closing = reporter.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(steps).toEqual(["report"]);
  gate.resolve();
  await closing;
  expect(steps).toEqual(["report", "remove"]);
});

test("reports that fail are tried again, and the log tells of it when they begin to fail", async () => {
  const log = createKeptLog();
  let isAway = true;
  const { steps, instances } = fakeInstances(() => (isAway ? Promise.reject(new Error("away")) : Promise.resolve()));
  const reporter = startReporting(instances, log);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(steps).toHaveLength(3);
  expect(log.lines).toHaveLength(1);
  isAway = false;
  await vi.advanceTimersByTimeAsync(15_000);
  isAway = true;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(log.lines).toHaveLength(2);
  await reporter.close();
});
