import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Limiter } from "#src/call/limits/limiter.ts";
import { Reports } from "#src/call/limits/reports.ts";
import type { Report, SharedBuckets, SharedLevel } from "#src/call/limits/shared-buckets.ts";
import type { RateLimit } from "#src/domain/rate-limit.ts";

// Instances in this process, with a clock and timers that the tests move. What they share is a bucket like that in Redis,
// which replies late. test/redis has the real one.

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] }),
);
afterEach(() => vi.useRealTimers());

const now = () => performance.now();

/**
 * A shared bucket, in debt as that of Redis, which replies after `delayMs`. While `isAway` no report arrives; while
 * `isDeaf` reports arrive and are counted, but no reply comes back.
 */
class FakeShared implements SharedBuckets {
  isAway = false;
  isDeaf = false;
  reports = 0;
  #level: number | undefined;
  #at = 0;
  readonly #delayMs: number;
  readonly #reporters = new Map<string, { counted: number; at: number }>();

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  async report(reports: readonly Report[]): Promise<(SharedLevel | undefined)[]> {
    this.reports += reports.length;
    await this.#halfWay();
    const levels = reports.map((report) => (this.isAway ? undefined : this.#count(report)));
    await this.#halfWay();
    return this.isDeaf ? reports.map(() => undefined) : levels;
  }

  #count({ limit: { requestsPerSecond, burst }, reporter, after, upTo }: Report): SharedLevel {
    const counted = Math.max(after, this.#reporters.get(reporter)?.counted ?? 0);
    const isSole = [...this.#reporters].every(([name, { at }]) => name === reporter || now() - at >= 1000);
    this.#reporters.set(reporter, { counted: Math.max(counted, upTo), at: now() });
    const filled = (this.#level ?? burst) + ((now() - this.#at) * requestsPerSecond) / 1000;
    this.#level = Math.max(Math.min(burst, filled) - Math.max(0, upTo - counted), -requestsPerSecond - burst);
    this.#at = now();
    return { level: this.#level, isSole };
  }

  async #halfWay(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#delayMs / 2));
  }
}

/** An instance that limits one caller. Returns whether a call passes. */
function openInstance(limit: RateLimit, shared: SharedBuckets): () => boolean {
  const limiter = new Limiter("default", now, new Reports(shared, now));
  return () => {
    const bucket = limiter.bucketOf("p", limit);
    const passes = limiter.remaining(bucket) > 0;
    if (passes) {
      limiter.take(bucket);
    }
    return passes;
  };
}

/** The most calls in any ten seconds, by the times in milliseconds at which calls passed. */
function mostInTenSeconds(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while ((times[first] as number) <= time - 10_000) {
      first += 1;
    }
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Half a minute: in each step of 5 ms, each instance gets as many calls as `load` says. Returns when calls passed. */
async function run(instances: readonly (() => boolean)[], load: (instance: number, step: number) => number) {
  const passed: number[] = [];
  let refused = 0;
  for (let step = 0; step < 6_000; step += 1) {
    for (const [index, call] of instances.entries()) {
      for (let calls = load(index, step); calls > 0; calls -= 1) {
        if (call()) {
          passed.push(now());
        } else {
          refused += 1;
        }
      }
    }
    await vi.advanceTimersByTimeAsync(5);
  }
  return { passed, refused };
}

/** The sums of a list up to each of its entries. */
function sumsOf(list: readonly number[]): number[] {
  let sum = 0;
  return list.map((one) => {
    sum += one;
    return sum;
  });
}

/** What a limit allows in ten seconds. */
const budgetOf = ({ requestsPerSecond, burst }: RateLimit) => burst + 10 * requestsPerSecond;

const LIMITS = [
  { requestsPerSecond: 50, burst: 50 },
  { requestsPerSecond: 50, burst: 500 },
  { requestsPerSecond: 50, burst: 5 },
  { requestsPerSecond: 400, burst: 400 },
  { requestsPerSecond: 2, burst: 2 },
];

describe.each(LIMITS)("with $requestsPerSecond a second and a burst of $burst", (limit) => {
  test.each([0, 2, 20])(
    "two instances under a flood let through the budget, with Redis %d ms away",
    async (delayMs) => {
      const shared = new FakeShared(delayMs);
      const { passed } = await run([openInstance(limit, shared), openInstance(limit, shared)], () => 20);
      const budget = budgetOf(limit);
      expect(mostInTenSeconds(passed)).toBeLessThanOrEqual(1.1 * budget);
      expect(passed.length).toBeGreaterThanOrEqual(0.95 * (limit.burst + 30 * limit.requestsPerSecond));
      // A report each 25 ms from each instance at most, and some more while the first does not know of the other.
      expect(shared.reports).toBeLessThanOrEqual((2 * 30_000) / 25 + 20);
    },
  );

  test("two instances let through a tenth more at most, whenever their callers burst", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 1, maxLength: 30 }), async (pauses) => {
        const shared = new FakeShared(2);
        const bursts = new Set(sumsOf(pauses));
        const { passed } = await run([openInstance(limit, shared), openInstance(limit, shared)], (_, step) =>
          bursts.has(step) ? 600 : 0,
        );
        expect(mostInTenSeconds(passed)).toBeLessThanOrEqual(1.1 * budgetOf(limit));
      }),
      { numRuns: 6 },
    );
  }, 60_000);

  test("a caller just under the rate on one instance is never refused, whatever the other instance is", async () => {
    const shared = new FakeShared(2);
    openInstance(limit, shared);
    const perStep = limit.requestsPerSecond * 0.98 * 0.005;
    const { passed, refused } = await run(
      [openInstance(limit, shared)],
      (_, step) => Math.floor((step + 1) * perStep) - Math.floor(step * perStep),
    );
    expect(passed.length).toBeGreaterThan(0.95 * 30 * limit.requestsPerSecond);
    expect(refused).toBe(0);
  });
});

test("a caller who sends a whole second's calls at once, each second, on one instance is never refused", async () => {
  const limit = { requestsPerSecond: 50, burst: 50 };
  const { refused } = await run([openInstance(limit, new FakeShared(2))], (_, step) => (step % 200 === 0 ? 49 : 0));
  expect(refused).toBe(0);
});

test("one instance has a limit's burst for itself, also when the burst is many seconds' worth", async () => {
  const limit = { requestsPerSecond: 50, burst: 500 };
  const { passed } = await run([openInstance(limit, new FakeShared(2))], (_, step) => (step < 400 ? 5 : 0));
  expect(passed.length).toBeGreaterThanOrEqual(500 + 2 * 50 - 5);
});

test("one instance lets a burst through at once as far as its share goes, and the rest after a round trip", async () => {
  const limit = { requestsPerSecond: 50, burst: 500 };
  const call = openInstance(limit, new FakeShared(2));
  const burst = () => Array.from({ length: 500 }, call).filter((passes) => passes).length;
  const atOnce = burst();
  expect(atOnce).toBe(75);
  await vi.advanceTimersByTimeAsync(5);
  expect(atOnce + burst()).toBe(500);
});

test("a newcomer gets no more than its share before the sole user has learnt of it", async () => {
  const limit = { requestsPerSecond: 50, burst: 500 };
  const shared = new FakeShared(2);
  const [one, other] = [openInstance(limit, shared), openInstance(limit, shared)];
  one();
  await vi.advanceTimersByTimeAsync(5);
  const burst = (call: () => boolean) => Array.from({ length: 500 }, call).filter((passes) => passes).length;
  const newcomers = burst(other);
  await vi.advanceTimersByTimeAsync(5);
  expect(1 + newcomers + burst(other) + burst(one)).toBeLessThanOrEqual(1.1 * budgetOf(limit) - 10 * 50);
});

test("reports whose replies don't come are not counted twice", async () => {
  const limit = { requestsPerSecond: 50, burst: 500 };
  const shared = new FakeShared(2);
  const call = openInstance(limit, shared);
  // A burst of nearly all, then 40 calls a second.
  const load = (_: number, step: number) => (step < 10 ? 40 : Number(step % 5 === 0));
  shared.isDeaf = true;
  await run([call], load);
  shared.isDeaf = false;
  const { refused } = await run([call], (_, step) => Number(step % 5 === 0));
  expect(refused).toBe(0);
  // And another instance finds the shared bucket full of what time has brought: nothing was taken twice.
  await vi.advanceTimersByTimeAsync(12_000);
  const other = openInstance(limit, shared);
  other();
  await vi.advanceTimersByTimeAsync(5);
  expect(Array.from({ length: 600 }, other).filter((passes) => passes).length).toBeGreaterThanOrEqual(74);
});

test("two callers who together stay under the rate are not refused, however they are split", async () => {
  const limit = { requestsPerSecond: 50, burst: 50 };
  const shared = new FakeShared(2);
  // 40 and 8 a second.
  const load = (instance: number, step: number) => Number(step % (instance === 0 ? 5 : 25) === 0);
  const { refused } = await run([openInstance(limit, shared), openInstance(limit, shared)], load);
  expect(refused).toBe(0);
});

test("while Redis is away each instance limits alone, and when it is back they share again", async () => {
  const limit = { requestsPerSecond: 50, burst: 50 };
  const shared = new FakeShared(2);
  const instances = [openInstance(limit, shared), openInstance(limit, shared)];
  await run(instances, () => 20);
  shared.isAway = true;
  const alone = await run(instances, () => 20);
  expect(mostInTenSeconds(alone.passed)).toBeLessThanOrEqual(2 * budgetOf(limit));
  expect(alone.passed.length).toBeGreaterThanOrEqual(0.95 * 2 * 30 * 50);
  shared.isAway = false;
  const again = await run(instances, () => 20);
  expect(again.passed.length).toBeLessThanOrEqual(1.1 * (50 + 30 * 50));
  expect(again.passed.length).toBeGreaterThanOrEqual(0.9 * 30 * 50);
});

test("a caller just under the rate notices nothing of Redis going away and coming back", async () => {
  const limit = { requestsPerSecond: 50, burst: 50 };
  const shared = new FakeShared(2);
  const { refused } = await run([openInstance(limit, shared)], (_, step) => {
    shared.isAway = Math.floor(step / 500) % 2 === 1;
    return Number(step % 5 === 0);
  });
  expect(refused).toBe(0);
});
