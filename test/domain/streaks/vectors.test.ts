import { readFileSync } from "node:fs";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import type { History } from "#src/domain/check-ins.ts";
import { isoDate } from "#src/domain/day.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day } from "../given.ts";
import { explain, presentOf, stateOf } from "./by-history.ts";
import { awardsInOrder, naiveRepairOf } from "./proof/given.ts";
import { historyOfVector, rulesOfVector } from "./vectors/domain.ts";
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
    const { waitingToday, streak, awards, week, runFirstDate, countedBefore, periods } = vector;
    expect(resultOfDomain(vector)).toEqual({
      ...(waitingToday && { waitingToday }),
      streak,
      ...(awards && { awards }),
      ...(week && { week }),
      ...(runFirstDate && { runFirstDate }),
      countedBefore,
      periods,
    });
  });
});

/** What the domain makes of an example, whose rules are read as the API reads them. */
function resultOfDomain(vector: VectorGiven): VectorResult {
  const { mode, explain: range } = vector;
  const rules = rulesOfVector(vector);
  const history = historyOfVector(vector);
  const present = presentOfVector(vector, history, rules);
  const { streak, week } = stateOf(history, rules, present);
  const explanation = explain(history, rules, present, { first: day(range.from), last: day(range.to) });
  const { unit, progress, pause, freezes, repair, ...numbers } = streak;
  const { runFirst, countedBefore, periods } = explanation;
  const today = isoDate(present.today);
  return {
    ...(today !== vector.today && { waitingToday: today }),
    streak: {
      ...numbers,
      unit: unit ?? "day",
      ...(pause && { pause: { from: isoDate(pause.from), ...(pause.to !== undefined && { to: isoDate(pause.to) }) } }),
      ...(progress !== undefined && {
        progress: { ...progress, firstDate: isoDate(progress.firstDate), lastDate: isoDate(progress.lastDate) },
      }),
      ...(freezes && { freezes }),
      ...(repair && { repair: naiveRepairOf(repair) }),
    },
    ...(vector.milestones && { awards: awardsInOrder(vector.milestones, history, rules, present) }),
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

/** What is the present: in the first minute of the day that is given where today may wait, otherwise at noon. */
function presentOfVector(
  { today, homeZone = "UTC", zone = homeZone, inGrace }: VectorGiven,
  history: History,
  rules: StreakRules,
) {
  const local = DateTime.fromISO(`${today}T${inGrace ? "00:00" : "12:00"}`, { zone });
  return presentOf(history, rules, local.toMillis(), zone);
}
