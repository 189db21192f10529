import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { CorrectZoneResponseSchema } from "#gen/streak/v1/admin_service_pb.ts";
import { UserSchema } from "#gen/streak/v1/user_pb.ts";
import {
  changesNothing,
  countRedated,
  isSameZone,
  isZone,
  knownZonesOf,
  zoneProblem,
} from "../../../packages/dashboard/src/pages/users/zone/zones.ts";

const UNKNOWN = "No time zone is known by this name.";

test("the zones that are known of a user are the present one and those of the newest events, each once", () => {
  const recentEvents = [{ tz: "UTC" }, {}, { tz: "Asia/Tokyo" }, { tz: "UTC" }];
  expect(knownZonesOf(create(UserSchema, { timeZone: "Asia/Tokyo", recentEvents }))).toEqual(["Asia/Tokyo", "UTC"]);
  expect(knownZonesOf(create(UserSchema, { recentEvents }))).toEqual(["UTC", "Asia/Tokyo"]);
  expect(knownZonesOf(create(UserSchema))).toEqual([]);
});

describe("the name of a zone", () => {
  test.each([
    ["Asia/Tokyo", true, undefined],
    [" UTC ", true, undefined],
    // By an older name of it.
    ["Asia/Calcutta", true, undefined],
    ["Mars/Known", true, undefined],
    ["", false, undefined],
    ["asia/t", false, undefined],
    ["Asia/Tq", false, UNKNOWN],
    ["Mars/Olympus", false, UNKNOWN],
  ])("“%s” is one: %s, and wrong by: %s", (text, isOne, problem) => {
    expect(isZone(text, ["Mars/Known"])).toBe(isOne);
    expect(zoneProblem(text, ["Mars/Known"])).toBe(problem);
  });

  test("may be another name of the same zone", () => {
    expect(isSameZone("Asia/Calcutta", "Asia/Kolkata ")).toBe(true);
    expect(isSameZone("Asia/Tokyo", "UTC")).toBe(false);
    expect(isSameZone("", "")).toBe(false);
  });
});

test("a correction changes nothing when it has no events and leaves the user's zone as it is", () => {
  const answer = (fields: object) => create(CorrectZoneResponseSchema, fields);
  expect(changesNothing(answer({ timeZone: "UTC" }), { timeZone: "UTC" })).toBe(true);
  expect(changesNothing(answer({}), {})).toBe(true);
  expect(changesNothing(answer({ timeZone: "Asia/Tokyo" }), { timeZone: "UTC" })).toBe(false);
  expect(changesNothing(answer({ streaks: [{ event: "run" }], timeZone: "UTC" }), { timeZone: "UTC" })).toBe(false);
});

test("events that go from one day to the same other day are counted together, in their order", () => {
  const [first, second, other] = ["2024-01-08", "2024-01-09", "2024-01-10"] as const;
  expect(
    countRedated([
      { from: first, to: second },
      { from: first, to: second },
      { from: second, to: other },
      { from: second, to: first },
    ]),
  ).toEqual([
    { from: first, to: second, count: 2 },
    { from: second, to: other, count: 1 },
    { from: second, to: first, count: 1 },
  ]);
});
