import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { PreviewAmnestyResponseSchema } from "#gen/streak/v1/amnesty_service_pb.ts";
import { ExplainedDaySchema, ExplainedPeriodSchema, PeriodOutcome } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus, StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import * as server from "#src/domain/amnesties.ts";
import {
  MAX_AMNESTIES,
  MAX_AMNESTY_DAYS,
  standingOf,
} from "../../../packages/dashboard/src/pages/users/amnesties/amnesties.ts";
import { foundInWords, NOTHING_YET, withPage } from "../../../packages/dashboard/src/pages/users/amnesties/found.ts";
import { reasonOf } from "../../../packages/dashboard/src/pages/users/explain/reasons.ts";
import { problemOfDays } from "../../../packages/dashboard/src/pages/users/ledger/use-days.ts";

const TODAY = "2026-08-10";

/** A page of a preview with so many users that would change. */
function page(changed: number, lookedAt: number, nextPageToken = "") {
  const users = Array.from({ length: changed }, (_, user) => ({ userHash: `user${user}` }));
  return create(PreviewAmnestyResponseSchema, { users, lookedAt, nextPageToken });
}

test("the dashboard's limits are the server's", () => {
  expect([MAX_AMNESTIES, MAX_AMNESTY_DAYS]).toEqual([server.MAX_AMNESTIES, server.MAX_AMNESTY_DAYS]);
});

test.each([
  ["2026-08-11", "2026-08-12", "To come"],
  ["2026-08-10", "2026-08-10", "Holds now"],
  ["2026-08-01", "2026-08-12", "Holds now"],
  ["2026-08-09", "2026-08-09", "Over"],
])("an amnesty from %s to %s is shown on August 10 as: %s", (from, to, text) => {
  expect(standingOf({ from, to }, TODAY).text).toBe(text);
  const takenBack = { $typeName: "streak.v1.AmnestyTakenBack", reason: "", actor: "root" } as const;
  expect(standingOf({ from, to, takenBack }, TODAY).text).toBe("Taken back");
});

test("the last day is told to be wrong when it is before the first or too late", () => {
  expect(problemOfDays(TODAY, "2026-08-09", 31)).toBe("It is before the first day.");
  expect(problemOfDays(TODAY, "2026-09-09", 31)).toBeUndefined();
  expect(problemOfDays(TODAY, "2026-09-10", 31)).toBe("At most 31 days: Sep 9, 2026 or earlier.");
  expect(problemOfDays(TODAY, "2027-09-10", undefined)).toBeUndefined();
  expect(problemOfDays(TODAY, "2026-02-30", 31)).toBeUndefined();
});

describe("a preview", () => {
  test("counts page by page, and names the first users alone", () => {
    const first = withPage(NOTHING_YET, page(4, 1000, "next"));
    expect(first).toMatchObject({ lookedAt: 1000, changed: 4, pageToken: "next", isWhole: false });
    const last = withPage(first, page(33, 204));
    expect(last).toMatchObject({ lookedAt: 1204, changed: 37, pageToken: "", isWhole: true });
    expect(last.named).toHaveLength(6);
  });

  test("is said in words, as of all users only when it has looked at all", () => {
    expect(foundInWords(withPage(NOTHING_YET, page(4, 1000, "next")))).toBe("4 of the first 1,000 users");
    expect(foundInWords(withPage(NOTHING_YET, page(1, 1)))).toBe("1 of 1 user");
    expect(foundInWords(withPage(NOTHING_YET, page(0, 20)))).toBe("None of 20 users");
  });
});

test.each([
  [StreakUnit.DAY, PeriodOutcome.OFF, "nothing is asked of anybody"],
  [StreakUnit.WEEK, PeriodOutcome.OFF, "the week is off"],
  [StreakUnit.WEEK, PeriodOutcome.KEPT, "the week needs less"],
])("a day with an amnesty says why it is not asked for, case %#", (unit, outcome, reason) => {
  const day = create(ExplainedDaySchema, { isoDate: TODAY, status: DayStatus.AMNESTY });
  expect(reasonOf({ day, period: create(ExplainedPeriodSchema, { unit, outcome }) }, false)).toBe(reason);
});
