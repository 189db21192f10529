import { expect, test } from "vitest";
import { nearest } from "#src/nearest.ts";

const fields = ["siteKey", "name", "allowedOrigins", "timeZone", "live", "widgets"];

test.each([
  ["nmae", "name"],
  ["Name", "name"],
  ["time_zone", "timeZone"],
  ["tz", undefined],
  ["allowed-origin", "allowedOrigins"],
  ["widgetss", "widgets"],
  ["liev", "live"],
  ["wigdet", "widgets"],
  ["colour", undefined],
  ["", undefined],
])("%j was meant to be %j", (name, meant) => {
  expect(nearest(name, fields)).toBe(meant);
});

test("a name that is as near to two is taken for the first", () => {
  expect(nearest("evant", ["event", "evans"])).toBe("event");
});

test("a name of any length is compared in no time, and is like none", () => {
  expect(nearest("name".repeat(1_000_000), fields)).toBeUndefined();
});
