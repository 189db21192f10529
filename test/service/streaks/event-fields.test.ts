import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { isDateAlone } from "#src/service/streaks/event-fields.ts";

/** Whether a time is read as a date alone: so many nanoseconds after an instant of a user in Berlin. */
function isAlone(instant: string, nanos: number, zone: string | undefined = "Europe/Berlin"): boolean {
  const millis = Date.parse(instant);
  const seconds = Math.floor(millis / 1000);
  const ts = create(TimestampSchema, {
    seconds: BigInt(seconds),
    nanos: (millis - seconds * 1000) * 1_000_000 + nanos,
  });
  return isDateAlone(ts, millis, zone);
}

test("a date alone is its first instant and a nanosecond, and clients may send a nanosecond at any other time", () => {
  expect(isAlone("2024-01-11T23:00:00Z", 1)).toBe(true);
  expect(isAlone("2024-01-11T23:00:00Z", 0)).toBe(false);
  expect(isAlone("2024-01-12T01:30:00Z", 1)).toBe(false);
  expect(isAlone("2024-01-11T23:00:00Z", 1, "UTC")).toBe(false);
  expect(isDateAlone(undefined, 0, "UTC")).toBe(false);
});

test("where midnight is skipped, a date begins when the clocks show it first", () => {
  expect(isAlone("2026-04-23T22:00:00Z", 1, "Africa/Cairo")).toBe(true);
  expect(isAlone("2026-03-28T22:00:00Z", 1, "Asia/Beirut")).toBe(true);
  expect(isAlone("2026-03-28T23:00:00Z", 1, "Asia/Beirut")).toBe(false);
});
