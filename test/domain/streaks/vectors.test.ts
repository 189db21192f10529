import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeHolidayList, decodeRules } from "#gen/streak/v1/rules_rest.ts";
import { isoDate } from "#src/domain/day.ts";
import type { RulesVersion } from "#src/domain/rules.ts";
import { explain } from "#src/domain/streaks/explain.ts";
import { rulesOfUser } from "#src/domain/streaks/rules-for.ts";
import { stateOf } from "#src/domain/streaks/state.ts";
import { readHolidays, readRules } from "#src/service/projects/rules-message.ts";
import { day, setOf } from "../given.ts";
import { lessonRules } from "./given.ts";
import { amnestiesOf, ledgerOf } from "./proof/given.ts";
import { examples } from "./vectors/examples.ts";
import { textOf } from "./vectors/text.ts";
import { resultOf, type Vector, type VectorGiven, type VectorResult } from "./vectors/vector.ts";

const text = read("../../vectors/rules.json");
const vectors: readonly Vector[] = JSON.parse(text).examples;

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

test("rules.json holds what the oracle makes of the examples; npm run vectors writes it", () => {
  expect(text).toBe(`${textOf({ examples: examples.map((given) => ({ ...given, ...resultOf(given) })) })}\n`);
});

test("each example belongs to a section of docs/rules.md, and has a name of its own there", () => {
  const sections = [...read("../../../docs/rules.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const order = vectors.map(({ section }) => sections.indexOf(section));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  const names = vectors.map(({ section, name }) => `${section}: ${name}`);
  expect(names).toEqual([...new Set(names)]);
});

describe("the domain agrees with rules.json", () => {
  test.each(vectors)("$section: $name", (vector) => {
    const { streak, week, runFirstDate, countedBefore, periods } = vector;
    expect(resultOfDomain(vector)).toEqual({
      streak,
      ...(week && { week }),
      ...(runFirstDate && { runFirstDate }),
      countedBefore,
      periods,
    });
  });
});

/** What the domain makes of an example, whose rules are read as the API reads them. */
function resultOfDomain(vector: VectorGiven): VectorResult {
  const { mode, done, today, explain: range } = vector;
  const holidays = readHolidays((vector.holidays ?? []).map((list) => decodeHolidayList(list, "holidays")));
  const versions = vector.versions.map(
    ({ from, rules }): RulesVersion => ({
      ...(from !== undefined && { from: day(from) }),
      ...readRules(decodeRules(rules, "rules"), "rules"),
    }),
  );
  const { pauses = [], amnesties = [], grants = [], optOuts = [] } = vector;
  const ledger = ledgerOf({
    pauses: pauses.map(daysOf),
    grants: grants.map((grant) => ({ count: grant.count, ...daysOf(grant) })),
    optOuts: optOuts.map(({ from, out }) => ({ from: day(from), out })),
  });
  const project = amnestiesOf(amnesties.map(({ from, to }) => ({ from: day(from), to: day(to) })));
  const rules = rulesOfUser(lessonRules({ mode, versions }, holidays, project), ledger, "lesson");
  const days = setOf(done.map(day));
  const { streak, week } = stateOf(days, rules, day(today));
  const explanation = explain(days, rules, day(today), { first: day(range.from), last: day(range.to) });
  const { unit, progress, pause, freezes, ...numbers } = streak;
  const { runFirst, countedBefore, periods } = explanation;
  return {
    streak: {
      ...numbers,
      unit: unit ?? "day",
      ...(pause && { pause: { from: isoDate(pause.from), ...(pause.to !== undefined && { to: isoDate(pause.to) }) } }),
      ...(progress !== undefined && {
        progress: { ...progress, firstDate: isoDate(progress.firstDate), lastDate: isoDate(progress.lastDate) },
      }),
      ...(freezes && { freezes }),
    },
    ...(mode === "continuous" && { week: week.flatMap(({ status }) => status ?? []) }),
    ...(runFirst !== undefined && { runFirstDate: isoDate(runFirst) }),
    countedBefore,
    periods: periods.map(({ first, last, days, ...period }) => ({
      firstDate: isoDate(first),
      lastDate: isoDate(last),
      ...period,
      days: days.map(({ status }) => status),
    })),
  };
}

function daysOf({ from, to }: { from: string; to?: string }): { from: number; to?: number } {
  return { from: day(from), ...(to !== undefined && { to: day(to) }) };
}
