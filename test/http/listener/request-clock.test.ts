import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Expected, RequestClock } from "#src/http/listener/request-clock.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";

const LIMITS = {
  ...DEFAULT_LIMITS,
  headersMs: 100,
  requestMs: 500,
  uploadMs: 5_000,
  silenceMs: 50,
  keepAliveMs: 1_000,
};

let now = 0;

beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a client exceeds", () => {
  test("keepAliveMs between requests", () => {
    const clock = new RequestClock(undefined);
    expect(clock.exceeded(1_000, LIMITS, "head", true)).toBeUndefined();
    expect(clock.exceeded(1_001, LIMITS, "head", true)).toBe("keepAliveMs");
  });

  test.each([
    ["headersMs", { requestMs: 500 }],
    ["requestMs", { requestMs: 70 }],
  ])("%s with a head, whichever bound is shorter", (limit, limits) => {
    const clock = new RequestClock(0);
    expect(clock.exceeded(60, { ...LIMITS, ...limits }, "head", true)).toBeUndefined();
    expect(clock.exceeded(101, { ...LIMITS, ...limits }, "head", true)).toBe(limit);
  });

  test.each<[string, Expected, number]>([
    ["requestMs", "body", 501],
    ["uploadMs", "upload", 5_001],
  ])("%s with a slow %s", (limit, expected, ms) => {
    const clock = new RequestClock(0);
    now = ms - 1;
    clock.receive();
    expect(clock.exceeded(ms - 1, LIMITS, expected, true)).toBeUndefined();
    expect(clock.exceeded(ms, LIMITS, expected, true)).toBe(limit);
  });

  test("silenceMs within a body, but not while the server does not read, nor before it has waited for so long", () => {
    const clock = new RequestClock(0);
    expect(clock.exceeded(51, LIMITS, "body", true)).toBe("silenceMs");
    expect(clock.exceeded(200, LIMITS, "body", false)).toBeUndefined();
    now = 200;
    clock.wait();
    expect(clock.exceeded(250, LIMITS, "body", true)).toBeUndefined();
    expect(clock.exceeded(251, LIMITS, "body", true)).toBe("silenceMs");
  });
});
