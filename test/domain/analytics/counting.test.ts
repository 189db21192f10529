import fc from "fast-check";
import { expect, test } from "vitest";
import type { Amnesty } from "#src/domain/amnesties.ts";
import type { UserHistory } from "#src/domain/analytics/history.ts";
import { Tallies } from "#src/domain/analytics/tallies.ts";
import { DAY_MS } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { emptyMonths, withDay } from "#src/domain/months.ts";
import { EVERY_DAY, type FreezeRules } from "#src/domain/rules.ts";
import { amnestiesOf } from "#src/domain/streaks/calendar/amnesties.ts";
import { day } from "../given.ts";
import { MADE } from "../streaks/given.ts";
import { answersByRules, answersOf, countAll, naiveAnswersByRules, naiveAnswersOf } from "./answers.ts";
import { anyGiven, anyGivenWithPauses, anyGivenWithRules, projectWith, SCOPES } from "./given.ts";

/** Runs that go on over pauses take the naive count long. */
const PATIENT = { timeout: 120_000 };

test("every number is what a naive count of all histories says", () => {
  fc.assert(
    fc.property(anyGiven, (given) => {
      const tallies = countAll(given.histories, given);
      for (const event of SCOPES) {
        expect(answersOf(tallies, given, event)).toEqual(naiveAnswersOf(given, event));
      }
    }),
    { numRuns: 60 },
  );
});

test("tallies answer for later times, and for a day before they were counted", () => {
  fc.assert(
    fc.property(anyGiven, fc.integer({ min: -DAY_MS, max: 40 * DAY_MS }), (given, later) => {
      const tallies = countAll(given.histories, given);
      const then = { ...given, now: given.now + later };
      expect(answersOf(tallies, then, undefined)).toEqual(naiveAnswersOf(then, undefined));
    }),
    { numRuns: 60 },
  );
});

test("streaks, runs and milestones by rules are what `streakOf` says of each user, day by day", () => {
  fc.assert(
    fc.property(anyGivenWithRules, (given) => {
      const tallies = countAll(given.histories, given);
      for (const event of SCOPES) {
        expect(answersByRules(tallies, given, event)).toEqual(naiveAnswersByRules(given, event));
      }
    }),
    { numRuns: 60 },
  );
});

test("an amnesty counts as a pause of every user", PATIENT, () => {
  const anyDays = fc.record({
    from: fc.integer({ min: day("2024-10-01"), max: day("2024-11-15") }),
    length: fc.integer({ min: 1, max: 31 }),
    widget: fc.option(fc.nat(3), { nil: undefined }),
  });
  fc.assert(
    fc.property(anyGivenWithPauses, fc.array(anyDays, { minLength: 1, maxLength: 3 }), (given, drawn) => {
      const { project, histories } = given;
      const made = { reason: "Down", actor: "root", at: 0 };
      const amnesties = drawn.map(({ from, length, widget }, index): Amnesty => {
        const event = project.widgets[widget ?? -1]?.event;
        return { id: `${index}`, from, to: from + length - 1, ...(event !== undefined && { event }), declared: made };
      });
      const pauses = project.widgets
        .filter(({ rules }) => rules.mode === "continuous")
        .flatMap(({ event }) =>
          amnestiesOf(amnesties, event)?.united.map(
            ({ from, to }): LedgerEntry => ({
              ...{ id: `${event} ${from}`, user: "any", ...made, kind: "pause", event, from },
              ...(to !== undefined && { to }),
            }),
          ),
        )
        .filter((entry) => entry !== undefined);
      const paused = histories.map(
        ({ ledger = [], ...history }): UserHistory => ({ ...history, ledger: [...ledger, ...pauses] }),
      );
      const counted = countAll(histories, { ...given, project: { ...project, amnesties } });
      expect(counted.encode()).toEqual(countAll(paused, given).encode());
    }),
    { numRuns: 60 },
  );
});

const anyLater = fc.oneof(fc.integer({ min: -DAY_MS, max: 5 * DAY_MS }), fc.integer({ min: 0, max: 100 * DAY_MS }));

test("tallies of streaks by rules answer for later times, and for a day before they were counted", () => {
  fc.assert(
    fc.property(anyGivenWithRules, fc.array(anyLater, { minLength: 1, maxLength: 8 }), (given, laters) => {
      const tallies = countAll(given.histories, given);
      for (const later of laters) {
        const then = { ...given, now: given.now + later };
        expect(answersByRules(tallies, then, undefined)).toEqual(naiveAnswersByRules(then, undefined));
      }
    }),
    { numRuns: 60 },
  );
});

test("streaks, runs and milestones of users with pauses are what `streakOf` says, now and later", PATIENT, () => {
  fc.assert(
    fc.property(anyGivenWithPauses, fc.array(anyLater, { maxLength: 4 }), (given, laters) => {
      const tallies = countAll(given.histories, given);
      for (const later of [0, ...laters]) {
        const then = { ...given, now: given.now + later };
        for (const event of later === 0 ? SCOPES : [undefined]) {
          expect(answersByRules(tallies, then, event)).toEqual(naiveAnswersByRules(then, event));
        }
      }
    }),
    { numRuns: 15 },
  );
});

test("freezes hold a run, as far as the user has some by the ledger or by the rules", () => {
  const monday = day("2024-10-14");
  const days = [0, 1, 2, 4].reduce((days, after) => withDay(days, monday + after), emptyMonths);
  const grant = { ...MADE, id: "gift", kind: "grantFreezes" as const, event: "visit", count: 1, from: monday };
  const lengthsWith = (freezes: FreezeRules | undefined, ledger?: readonly LedgerEntry[]) => {
    const rules = { mode: "continuous" as const, versions: [{ ...EVERY_DAY, ...(freezes && { freezes }) }] };
    const widget = {
      event: "visit",
      rules,
      milestones: [],
      settings: { theme: { name: "mono" }, position: "", mainMessage: "" },
    };
    const given = { project: projectWith("UTC", [widget]), now: (monday + 4.5) * DAY_MS };
    const history = { userHash: "u", days: new Map([["visit", { days }]]), events: [], ...(ledger && { ledger }) };
    return answersByRules(countAll([history], given), given, "visit").streaks.lengths;
  };
  const gifts = { lengthenRun: false };
  expect(lengthsWith(undefined, [grant])).toEqual([{ days: 1, streaks: 1 }]);
  expect(lengthsWith(gifts)).toEqual([{ days: 1, streaks: 1 }]);
  expect(lengthsWith(gifts, [grant])).toEqual([{ days: 4, streaks: 1 }]);
  expect(lengthsWith({ ...gifts, earned: { every: 3, max: 1 } })).toEqual([{ days: 4, streaks: 1 }]);
});

test("the sum of any division of the users is what counting them together gives, also after it was stored", () => {
  fc.assert(
    fc.property(anyGiven, fc.infiniteStream(fc.nat(2)), (given, choices) => {
      const parts = given.histories.map((history) => ({ history, part: choices.next().value as number }));
      const together = countAll(given.histories, given);
      const sum = new Tallies();
      for (const wanted of [2, 0, 1]) {
        const ofPart = parts.filter(({ part }) => part === wanted).map(({ history }) => history);
        sum.plus(Tallies.decode(countAll(ofPart, given).encode()));
      }
      expect(sum.encode()).toEqual(together.encode());
      for (const event of SCOPES) {
        expect(answersOf(sum, given, event)).toEqual(answersOf(together, given, event));
      }
    }),
    { numRuns: 60 },
  );
});

test("replacing the tallies of some users in a sum is the same as counting all again", () => {
  fc.assert(
    fc.property(anyGiven, anyGiven, anyGiven, (given, before, after) => {
      const sum = countAll(given.histories, given).plus(countAll(before.histories, given));
      sum.minus(countAll(before.histories, given)).plus(countAll(after.histories, given));
      expect(sum.encode()).toEqual(countAll([...given.histories, ...after.histories], given).encode());
    }),
    { numRuns: 60 },
  );
});

test("all spellings of a zone are one zone, so that spellings make no tallies larger", () => {
  fc.assert(
    fc.property(anyGiven, (given) => {
      const shouting = given.histories.map(
        ({ zone, events, ...history }): UserHistory => ({
          ...history,
          ...(zone && { zone: { ...zone, name: zone.name.toUpperCase() } }),
          events: events.map(({ tz, ...event }) => ({ ...event, ...(tz && { tz: tz.toLowerCase() }) })),
        }),
      );
      expect(countAll(shouting, given).encode()).toEqual(countAll(given.histories, given).encode());
    }),
    { numRuns: 20 },
  );
});
