import fc from "fast-check";
import { expect, test } from "vitest";
import { Bucket } from "#src/call/limits/bucket.ts";
import type { RateLimit } from "#src/domain/rate-limit.ts";

/** A limit, and the pauses in milliseconds before each of some calls. */
const limits = fc.record({
  requestsPerSecond: fc.integer({ min: 1, max: 200 }),
  burst: fc.integer({ min: 1, max: 300 }),
});
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5_000 })), {
  maxLength: 400,
});

/** Which calls pass, found without a bucket: a call passes when no earlier moment has too many since. */
function oracle({ requestsPerSecond, burst }: RateLimit, times: readonly number[]): boolean[] {
  const passed: number[] = [];
  return times.map((now) => {
    // Since any earlier call, so many may have passed with this one: the burst, and what the time since has brought.
    const fits = [...passed, now].every(
      (start, index) => (passed.length - index + 1) * 1000 <= burst * 1000 + (now - start) * requestsPerSecond,
    );
    if (fits) {
      passed.push(now);
    }
    return fits;
  });
}

/** Which calls a bucket lets pass. */
function passes(limit: RateLimit, times: readonly number[]): boolean[] {
  const bucket = new Bucket("b", limit, times[0] ?? 0);
  return times.map((now) => {
    bucket.fill(limit, now);
    const passed = bucket.remaining > 0;
    if (passed) {
      bucket.take();
    }
    return passed;
  });
}

/** When calls come, by the pauses before them. */
function timesOf(gaps: readonly number[]): number[] {
  let now = 0;
  return gaps.map((gap) => {
    now += gap;
    return now;
  });
}

test("a bucket lets a call pass exactly when no time span then has more than its burst and its rate allow", () => {
  fc.assert(
    fc.property(limits, pauses, (limit, gaps) => {
      const times = timesOf(gaps);
      expect(passes(limit, times)).toEqual(oracle(limit, times));
    }),
  );
});

test("who sends no more than the quota in any window of the policy is never refused", () => {
  fc.assert(
    fc.property(limits, pauses, (limit, gaps) => {
      const windowMs = Math.ceil(limit.burst / limit.requestsPerSecond) * 1000;
      const sent: number[] = [];
      for (const time of timesOf(gaps)) {
        const inWindow = sent.filter((before) => before > time - windowMs).length;
        if (inWindow < limit.burst) {
          sent.push(time);
        }
      }
      expect(passes(limit, sent)).not.toContain(false);
    }),
  );
});

test("after a refusal a call passes as soon as the bucket says, and what remains passes at once", () => {
  fc.assert(
    fc.property(limits, pauses, (limit, gaps) => {
      const bucket = new Bucket("b", limit, 0);
      const times = timesOf(gaps);
      for (const now of times) {
        bucket.fill(limit, now);
        const { remaining } = bucket;
        if (remaining > 0) {
          bucket.take();
          expect(bucket.remaining).toBe(remaining - 1);
        }
      }
      const { remaining, secondsToNext } = bucket;
      bucket.fill(limit, (times.at(-1) ?? 0) + secondsToNext * 1000);
      expect(bucket.remaining).toBeGreaterThanOrEqual(Math.min(limit.burst, remaining + 1));
    }),
  );
});

test("a smaller limit holds at once, and a larger one fills up from where the bucket is", () => {
  const bucket = new Bucket("b", { requestsPerSecond: 10, burst: 100 }, 0);
  bucket.fill({ requestsPerSecond: 10, burst: 5 }, 0);
  expect(bucket.remaining).toBe(5);
  bucket.fill({ requestsPerSecond: 10, burst: 100 }, 1000);
  expect(bucket.remaining).toBe(15);
});

test("a clock that goes back adds nothing and takes nothing", () => {
  const limit = { requestsPerSecond: 10, burst: 10 };
  const bucket = new Bucket("b", limit, 1000);
  bucket.take();
  bucket.fill(limit, 0);
  expect(bucket.remaining).toBe(9);
});
