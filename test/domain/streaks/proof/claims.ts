import { deepStrictEqual, ok } from "node:assert/strict";
import type { Day } from "#src/domain/day.ts";
import { daysUpTo, hasDay, union, withDay } from "#src/domain/months.ts";
import { EVERY_DAY, MAX_FREEZES, type RulesVersion } from "#src/domain/rules.ts";
import { type Explanation, explain, FIRST_EXPLAINED } from "#src/domain/streaks/explain.ts";
import { type State, stateOf } from "#src/domain/streaks/state.ts";
import { type Streak, streakOf } from "#src/domain/streaks/streak.ts";
import { dayOf, daysFrom, isoOf } from "../calendar.ts";
import type { NaiveExplanation } from "../explanation.ts";
import { lessonRules } from "../given.ts";
import { type NaiveCase, naiveExplanation, naiveRuleStreak, naiveWeek } from "../oracle.ts";
import {
  amnestiesOf,
  describe,
  FIRST_DAY,
  type Given,
  type GivenPause,
  judgedBy,
  LAST_DAY,
  ledgerOf,
  monthsOf,
  OUTAGE,
  type Subject,
  subjectOf,
} from "./given.ts";

/** What holds for every history. */
export interface Claim {
  /** A sentence about streaks by rules. */
  readonly says: string;
  /** @throws AssertionError when it does not hold */
  check(subject: Subject): void;
}

/** All claims; each holds for any history that is given. */
export const claims: readonly Claim[] = [
  {
    says: "the streak is the oracle's",
    check: ({ state, done, rules, today, naive }) => {
      checkStreak(state, naive);
      deepStrictEqual(streakOf(done, rules, today), state.streak);
    },
  },
  {
    says: "the week is the oracle's",
    check: ({ state, naive }) => checkWeek(state, naive),
  },
  {
    says: "the explanation is the oracle's",
    check: (subject) => {
      const explanation = explained(subject, subject.from, subject.to);
      const naive = naiveExplanation(subject.naive, isoOf(subject.from), isoOf(subject.to));
      deepStrictEqual(naiveExplanationOf(explanation), naive);
    },
  },
  {
    says: "what is explained adds up to current, wherever the explanation begins",
    check: (subject) => {
      const { mode, today, days, from } = subject;
      const last = mode === "cumulative" ? Math.max(today, ...days) : today;
      const { streak, runFirst, countedBefore, periods } = explained(subject, Math.min(from, last), last);
      const counted = periods
        .filter((period) => runFirst !== undefined && period.last >= runFirst)
        .reduce((sum, period) => sum + period.counted, 0);
      deepStrictEqual(countedBefore + counted, streak.current);
      deepStrictEqual(runFirst === undefined, streak.current === 0);
    },
  },
  {
    says: "one more done day never makes current or best smaller, where nobody has freezes",
    check: (subject) => {
      const { done, today, other } = subject;
      const rules = judgedBy({ ...subject, grants: [], versions: subject.versions.map(withoutEarning) });
      const before = streakOf(done, rules, today);
      const after = streakOf(withDay(done, other), rules, today);
      ok(after.current >= before.current, `current was ${before.current} and is ${after.current}`);
      ok(after.best >= before.best, `best was ${before.best} and is ${after.best}`);
    },
  },
  {
    says: "pauses never make current or best smaller, unless a week or month is kept by days off alone, without freezes",
    check: (subject) => {
      const { done, today } = subject;
      const versions = subject.versions.map(withoutEarning);
      if (versions.every((version) => !isInWeeksOrMonths(version) || !hasDaysOff(version))) {
        const [paused, without] = [subject.pauses, []].map((pauses) =>
          streakOf(done, judgedBy({ ...subject, versions, grants: [], pauses }), today),
        ) as [Streak, Streak];
        ok(paused.current >= without.current, `current was ${without.current} and is ${paused.current}`);
        ok(paused.best >= without.best, `best was ${without.best} and is ${paused.best}`);
      }
    },
  },
  {
    says: "freezes that nobody has change nothing, and grants and opt-outs mean nothing to rules without freezes",
    check: (subject) => {
      const bare = { ...subject, versions: subject.versions.map(withoutFreezes) };
      const without = stateOf(subject.done, judgedBy({ ...bare, grants: [], optOuts: [] }), subject.today);
      const unused = { ...subject, versions: subject.versions.map(withoutEarning), grants: [] };
      for (const rules of [judgedBy(unused), judgedBy(bare)]) {
        const { streak, week } = stateOf(subject.done, rules, subject.today);
        const { freezes, ...others } = streak;
        deepStrictEqual({ streak: others, week }, without);
        deepStrictEqual([freezes?.left ?? 0, freezes?.usedInWeek ?? 0], [0, 0]);
      }
    },
  },
  {
    says: "the freezes that are left are never below zero, and never more than can be granted and earned",
    check: (subject) => {
      const { left = 0 } = subject.state.streak.freezes ?? {};
      const maxima = versionsOn(subject, subject.today).map(({ freezes }) => freezes?.earned?.max ?? 0);
      ok(left >= 0 && left <= MAX_FREEZES + Math.max(...maxima), `${left} are left`);
    },
  },
  {
    says: "the order of the ledger, and what it says twice, change nothing",
    check: (subject) => {
      const ledger = ledgerOf(subject);
      const other = [...ledger.toReversed(), ...ledger];
      deepStrictEqual(stateOf(subject.done, judgedBy(subject, other), subject.today), subject.state);
    },
  },
  {
    says: "pauses unite: in whatever order they are, and in how many parts, the state is the same",
    check: (subject) => {
      const parts = subject.pauses.flatMap(partsOf).toReversed();
      deepStrictEqual(stateOf(subject.done, judgedBy({ ...subject, pauses: parts }), subject.today), subject.state);
    },
  },
  {
    says: "an amnesty is what a pause of the same days is, but for the status of its days, and for `streak.pause`",
    check: (subject) => {
      const { done, rules, today, from, to, state, pauses, amnesties } = subject;
      const paused = judgedBy({ ...subject, pauses: [...pauses, ...amnesties], amnesties: [] });
      deepStrictEqual(asPauses(state), asPauses(stateOf(done, paused, today)));
      const range = { first: from, last: to };
      deepStrictEqual(
        explainedAsPauses(explain(done, rules, today, range)),
        explainedAsPauses(explain(done, paused, today, range)),
      );
    },
  },
  {
    says: "amnesties unite: in whatever order they are, in how many parts, and said twice, the state is the same",
    check: (subject) => {
      const parts = subject.amnesties.flatMap(({ from, to }) =>
        daysFrom(from, to).map((day) => ({ from: day, to: day })),
      );
      const amnesties = [...parts.toReversed(), ...subject.amnesties];
      deepStrictEqual(stateOf(subject.done, judgedBy({ ...subject, amnesties }), subject.today), subject.state);
    },
  },
  {
    says: "an amnesty that was taken back, or is about another streak, changes nothing",
    check: (subject) => {
      const { done, rules, today, other, from, to } = subject;
      const days = { from: Math.max(other - 9, FIRST_DAY), to: Math.min(other + 9, LAST_DAY), declared: OUTAGE };
      const amnesties = [
        { id: "taken back", ...days, takenBack: OUTAGE },
        ...amnestiesOf(subject.amnesties),
        { id: "of another", event: "other", ...days },
      ];
      const same = judgedBy(subject, ledgerOf(subject), amnesties);
      const range = { first: from, last: to };
      deepStrictEqual(stateOf(done, same, today), subject.state);
      deepStrictEqual(explain(done, same, today, range), explain(done, rules, today, range));
    },
  },
  {
    says: "best is never below current",
    check: ({ state: { streak } }) => {
      ok(streak.best >= streak.current, `current is ${streak.current} and best is ${streak.best}`);
    },
  },
  {
    says: "two users who are merged have the oracle's state of one user who has the days and the ledgers of both",
    check: (subject) => {
      const { days, today, naive } = subject;
      // Some days are both users'.
      const third = Math.floor(days.length / 3);
      const [one, other] = [days.slice(third), days.slice(0, 2 * third)];
      const ledger = ledgerOf(subject).map((entry, index) => (index % 2 === 0 ? entry : { ...entry, user: "bob" }));
      const ledgers = ["bob", "ann"].flatMap((name) => ledger.filter(({ user }) => user === name));
      const merged = stateOf(union(monthsOf(one), monthsOf(other)), judgedBy(subject, ledgers), today);
      const both = { ...naive, dates: [...one, ...other].map(isoOf) };
      checkStreak(merged, both);
      checkWeek(merged, both);
    },
  },
  {
    says: "rules of plain every day make what no rules make, with a unit and a progress",
    check: ({ mode, done, today }) => {
      const bare = stateOf(done, lessonRules({ mode }, []), today);
      const ruled = stateOf(done, lessonRules({ mode, versions: [EVERY_DAY] }, []), today);
      const { unit, progress, ...streak } = ruled.streak;
      deepStrictEqual(streak, bare.streak);
      deepStrictEqual(unit, "day");
      deepStrictEqual(progress === undefined, mode === "cumulative");
      const week = ruled.week.map(({ status, ...day }) => day);
      deepStrictEqual(week, bare.week);
    },
  },
  {
    says: "a change of the rules that is still to come changes nothing today",
    check: (subject) => {
      const { known, today, other, added } = subject;
      const range = { first: Math.min(subject.from, today), last: today };
      const held = versionsOn(subject, today);
      const from = today + 1 + (Math.abs(other - today) % 45);
      const unchanged = judgedBy({ ...subject, versions: held });
      const changed = judgedBy({ ...subject, versions: [...held, { from, ...added }] });
      deepStrictEqual(explain(known, changed, today, range), explain(known, unchanged, today, range));
    },
  },
  {
    says: "everything but best is blind to days after today",
    check: ({ mode, state, known, rules, today }) => {
      if (mode === "continuous") {
        const { best, ...streak } = state.streak;
        const { best: bestKnown, ...streakKnown } = streakOf(known, rules, today);
        deepStrictEqual(streak, streakKnown);
        ok(best >= bestKnown);
      }
    },
  },
  {
    says: "days that are decades away matter for best alone, where no freezes are earned or granted",
    check: (subject) => {
      const { mode, pauses, done, days, today } = subject;
      const rules = judgedBy({ ...subject, versions: subject.versions.map(withoutEarning), grants: [] });
      const streak = streakOf(done, rules, today);
      if (pauses.some(({ to }) => to === undefined)) {
        return; // Decades may lie in a pause without an end, and a run goes on over them.
      }
      for (const years of [-30, 30]) {
        const away = monthsOf(days.map((day) => day + years * 365).filter(isDay));
        if (mode === "continuous" && Math.max(...days, today) - Math.min(...days, today) < 365) {
          const { best } = streakOf(away, rules, today);
          const expected = { ...streak, best: Math.max(best, streak.best) };
          deepStrictEqual(streakOf(union(done, away), rules, today), expected);
        }
      }
    },
  },
  {
    says: "the state of a past day is what was read then, before the later versions of the rules were made",
    check: (subject) => {
      const { versions, days, done, rules, today, other } = subject;
      // Most of what a version could rewrite is in the week or month that has begun when it is to hold.
      const justBefore = versions.flatMap(({ from }) => (from === undefined ? [] : from - 1 - (Math.abs(other) % 20)));
      for (const asOf of [other, ...justBefore].map((day) => Math.min(day, today)).filter(isDay)) {
        const rulesThen = judgedBy({ ...subject, versions: versionsOn(subject, asOf) });
        const readThen = stateOf(monthsOf(days.filter((day) => day <= asOf)), rulesThen, asOf);
        const readNow = stateOf(daysUpTo(done, asOf), rules, asOf);
        deepStrictEqual(readNow.streak, readThen.streak);
        // A day of the week that was still to come may be off since.
        deepStrictEqual(weekUpTo(readNow, asOf), weekUpTo(readThen, asOf));
      }
    },
  },
  {
    says: "an explanation that is asked for no days begins with the run",
    check: ({ done, rules, today }) => {
      const { runFirst, periods } = explain(done, rules, today, { last: today });
      if (runFirst === undefined || runFirst <= today) {
        const first = runFirst === undefined ? today - 29 : Math.max(runFirst, today - 365, FIRST_EXPLAINED);
        deepStrictEqual(periods, explain(done, rules, today, { first, last: today }).periods);
      }
    },
  },
  {
    says: "the explained periods follow each other without a gap, and are those around the days that are asked for",
    check: (subject) => {
      const { mode, done, known, from, to } = subject;
      const { periods } = explained(subject, from, to);
      let next = periods[0]?.first as Day;
      ok(next <= from && from <= (periods[0]?.last as Day));
      for (const { first, last, days, done: counted, outcome } of periods) {
        deepStrictEqual([first, last - first + 1], [next, days.length]);
        const doneDays = days.filter(({ day }) => hasDay(mode === "cumulative" ? done : known, day)).length;
        ok(outcome === "started" ? counted <= doneDays : counted === doneDays);
        next = last + 1;
      }
      ok(next > to);
    },
  },
];

/** Checks all claims about a history. */
export function checkAll(given: Given): void {
  const subject = subjectOf(given);
  for (const claim of claims) {
    check(claim, subject);
  }
}

/** Checks a claim about a history, and says with what it does not hold. */
export function check({ says, check }: Claim, subject: Subject): void {
  try {
    check(subject);
  } catch (error) {
    throw new Error(`Not so: ${says}.\n${describe(subject)}\n${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** Two pauses that make the same days paused. They touch or overlap. */
function partsOf({ from, to }: GivenPause): GivenPause[] {
  const end = Math.floor((from + (to ?? from)) / 2);
  return [
    { from, to: end },
    { from: Math.min(end + 1, to ?? from), ...(to !== undefined && { to }) },
  ];
}

/** Leaves out what is told of pauses alone, and tells amnesties as pauses. */
function asPauses({ streak: { pause, ...streak }, week }: State): object {
  return { streak, week: week.map((day) => ({ ...day, status: asPaused(day.status) })) };
}

function explainedAsPauses(explanation: Explanation): NaiveExplanation {
  const { periods, ...others } = naiveExplanationOf(explanation);
  return {
    ...others,
    periods: periods.map(({ days, ...period }) => ({
      ...period,
      days: days.map(({ isoDate, status }) => ({ isoDate, status: asPaused(status) })),
    })),
  };
}

function asPaused<S>(status: S): S | "paused" {
  return status === "amnesty" ? "paused" : status;
}

function isInWeeksOrMonths({ cadence: { kind } }: RulesVersion): boolean {
  return kind === "days_a_week" || kind === "days_a_month";
}

function hasDaysOff({ daysOff: { weekdays, dates, holidays } }: RulesVersion): boolean {
  return weekdays.length + dates.length + holidays.length > 0;
}

function withoutEarning({ freezes, ...rules }: RulesVersion): RulesVersion {
  if (freezes === undefined) {
    return rules;
  }
  const { earned, ...others } = freezes;
  return { ...rules, freezes: others };
}

function withoutFreezes({ freezes, ...rules }: RulesVersion): RulesVersion {
  return rules;
}

/** Whether ISO dates can say the day. */
function isDay(day: Day): boolean {
  return day >= FIRST_DAY && day <= LAST_DAY;
}

/** The versions of the rules that hold on this day or held before. */
function versionsOn({ versions }: Given, day: Day): readonly RulesVersion[] {
  return versions.filter(({ from }) => from === undefined || from <= day);
}

function weekUpTo({ week }: State, day: Day): State["week"] {
  return week.filter(({ isoDate }) => dayOf(isoDate) <= day);
}

function checkStreak({ streak }: State, naive: NaiveCase): void {
  deepStrictEqual(naiveStreakOf(streak), naiveRuleStreak(naive));
}

function checkWeek(state: State, naive: NaiveCase): void {
  const week = naiveWeek(naive);
  // The rules of a cumulative streak decide nothing, so its week has no status.
  const expected = naive.mode === "cumulative" ? week.map(({ isoDate }) => ({ isoDate, status: undefined })) : week;
  deepStrictEqual(
    state.week.map(({ isoDate, status }) => ({ isoDate, status })),
    expected,
  );
}

function explained({ done, rules, today }: Subject, first: Day, last: Day): Explanation {
  return explain(done, rules, today, { first, last });
}

function naiveStreakOf({ progress, pause, ...streak }: Streak) {
  return {
    ...streak,
    ...(pause && { pause: { from: isoOf(pause.from), ...(pause.to !== undefined && { to: isoOf(pause.to) }) } }),
    ...(progress !== undefined && {
      progress: { ...progress, firstDate: isoOf(progress.firstDate), lastDate: isoOf(progress.lastDate) },
    }),
  };
}

function naiveExplanationOf({ runFirst, countedBefore, periods }: Explanation): NaiveExplanation {
  return {
    ...(runFirst !== undefined && { runFirstDate: isoOf(runFirst) }),
    countedBefore,
    periods: periods.map(({ first, last, days, ...period }) => ({
      firstDate: isoOf(first),
      lastDate: isoOf(last),
      ...period,
      days: days.map(({ day, status }) => ({ isoDate: isoOf(day), status })),
    })),
  };
}
