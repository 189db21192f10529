import { expect, test } from "vitest";
import { MAX_DAYS } from "#src/domain/analytics/bounds.ts";
import { retentionOf } from "#src/domain/analytics/retention.ts";
import { survivalOf } from "#src/domain/analytics/survival.ts";
import { day, daysUpTo, setOf } from "../given.ts";
import { countAll } from "./answers.ts";
import { projectWith } from "./given.ts";

const NOW = Date.parse("2030-01-01T12:00:00Z");
const given = { project: projectWith("UTC", []), now: NOW };

function userWith(days: readonly number[]) {
  return { userHash: "u", days: new Map([["visit", { days: setOf(days) }]]), events: [] };
}

test("the survival ends at 1,000 days", () => {
  const survival = survivalOf(countAll([userWith(daysUpTo("2029-01-01", 1200))], given), "visit", [], "UTC", NOW);
  expect(survival).toHaveLength(1000);
  expect(survival.at(-1)).toEqual({ days: 1000, reached: 1, wentOn: 1 });
});

test("a user who comes back at the end of the longest range is among those who came back, whatever weekday begins it", () => {
  for (const first of daysUpTo("2026-11-08", 7)) {
    const cohorts = retentionOf(countAll([userWith([first, first + MAX_DAYS])], given), "", first, first + MAX_DAYS);
    expect(cohorts[0]?.activeUsers[0]).toBe(1);
    expect(cohorts[0]?.activeUsers.at(-1)).toBe(1);
    expect(
      cohorts
        .slice(1)
        .flatMap(({ activeUsers }) => activeUsers)
        .every((users) => users === 0),
    ).toBe(true);
  }
});

test("a user who comes back centuries later is not taken for another cohort's", () => {
  const tallies = countAll([userWith([day("0001-01-01"), day("2029-12-31")])], given);
  const cohorts = retentionOf(tallies, "", day("2029-12-01"), day("2030-01-07"));
  expect(cohorts.flatMap(({ activeUsers }) => activeUsers).every((users) => users === 0)).toBe(true);
});
