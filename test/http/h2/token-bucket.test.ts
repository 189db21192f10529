import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TokenBucket } from "#src/http/h2/token-bucket.ts";

const BURST = 20;
const REFILL_SECONDS = 10;

let now = 0;

beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How often something may happen at this moment. */
function timesOf(bucket: TokenBucket): number {
  let times = 0;
  while (bucket.spend()) {
    times += 1;
  }
  return times;
}

describe("a token bucket", () => {
  test("gives no more than a burst at a time, however long it rested before", () => {
    const bucket = new TokenBucket(BURST, REFILL_SECONDS);
    now += 3_600_000;
    expect(timesOf(bucket)).toBe(BURST);
    now += 1;
    expect(timesOf(bucket)).toBe(0);
  });

  test("fills steadily, also while it is used", () => {
    const bucket = new TokenBucket(BURST, REFILL_SECONDS);
    expect(timesOf(bucket)).toBe(BURST);
    now += 1_000;
    expect(timesOf(bucket)).toBe(BURST / REFILL_SECONDS);
    now += 1_000 * REFILL_SECONDS;
    bucket.spend();
    now += 500;
    expect(timesOf(bucket)).toBe(BURST);
  });

  test("gives what was earned, but no more than a burst", () => {
    const bucket = new TokenBucket(BURST, REFILL_SECONDS);
    bucket.earn(5);
    expect(timesOf(bucket)).toBe(BURST);
    bucket.earn(5);
    expect(timesOf(bucket)).toBe(5);
  });
});
