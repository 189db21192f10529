import { expect, onTestFinished, test, vi } from "vitest";
import { startCounting } from "#src/job/count-segments.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { createKeptLog } from "../support/log.ts";
import { waitUntil } from "../support/wait-until.ts";

/** Starts the job on a store without projects, whose lease is what `takeLease` says. */
function start(takeLease: () => Promise<boolean>) {
  const foldChanges = vi.fn(async () => ({ projectIds: [], hasMore: false, oldestLeft: undefined }));
  const releaseLease = vi.fn(async () => {});
  const log = createKeptLog();
  const parts = {
    store: { foldChanges },
    leases: { takeLease, releaseLease },
    projects: { listProjects: async () => [] },
    analytics: {},
  } as unknown as Parameters<typeof startCounting>[0];
  const job = startCounting(parts, Date.now, log as never, 1);
  onTestFinished(() => job.close());
  return { job, foldChanges, releaseLease, log };
}

test("rounds are run while the instance has the lease, and only then", async () => {
  let isHolder = false;
  const takeLease = vi.fn(async () => isHolder);
  const { foldChanges } = start(takeLease);
  await waitUntil(() => takeLease.mock.calls.length >= 3);
  expect(foldChanges).not.toHaveBeenCalled();
  isHolder = true;
  await waitUntil(() => foldChanges.mock.calls.length >= 2);
});

test("a failure ends no job, and one of the store's outages is not reported twice", async () => {
  const takeLease = vi.fn(async () => true);
  takeLease.mockRejectedValueOnce(new StoreUnavailableError({ cause: new Error("away") }));
  const { foldChanges } = start(takeLease);
  await waitUntil(() => foldChanges.mock.calls.length >= 1);
});

test("closing ends the rounds and gives the lease back", async () => {
  const { job, foldChanges, releaseLease } = start(async () => true);
  await waitUntil(() => foldChanges.mock.calls.length >= 1);
  await job.close();
  expect(releaseLease).toHaveBeenCalledOnce();
  const rounds = foldChanges.mock.calls.length;
  await job.close();
  expect(foldChanges.mock.calls.length).toBe(rounds);
});
