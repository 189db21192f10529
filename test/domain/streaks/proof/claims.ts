import { deepStrictEqual, ok } from "node:assert/strict";
import type { History } from "#src/domain/check-ins.ts";
import type { Day } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { EVERY_DAY, MAX_FREEZES, type RulesVersion } from "#src/domain/rules.ts";
import { type Explanation, FIRST_EXPLAINED } from "#src/domain/streaks/explain.ts";
import type { State } from "#src/domain/streaks/state.ts";
import type { Streak } from "#src/domain/streaks/streak-shape.ts";
import { isNaiveLate, naiveDay } from "../../day-start/oracle.ts";
import { explain, historyUpTo, presentOf as presentAt, repairOn, stateOf, streakOf } from "../by-history.ts";
import { dayOf, daysFrom, isoOf } from "../calendar.ts";
import type { NaiveExplanation } from "../explanation.ts";
import { lessonRules } from "../given.ts";
import {
  naiveAwards,
  naiveDone,
  naiveExplanation,
  naiveRuleStreak,
  naiveToday,
  naiveWeek,
  naiveZones,
} from "../oracle.ts";
import { beginOf } from "../zones.ts";
import {
  amnestiesOf,
  awardsInOrder,
  describe,
  FIRST_DAY,
  type Given,
  type GivenEvents,
  type GivenPause,
  historyOf,
  judgedBy,
  LAST_DAY,
  ledgerOf,
  naiveRepairOf,
  OUTAGE,
  ownDaysOf,
  presentOf,
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
    check: ({ state, history, rules, present, naive }) => {
      deepStrictEqual(naiveStreakOf(state.streak), naiveRuleStreak(naive));
      deepStrictEqual(streakOf(history, rules, present), state.streak);
    },
  },
  {
    says: "the week is the oracle's",
    check: ({ state, naive }) => {
      const week = naiveWeek(naive);
      // The rules of a cumulative streak decide nothing, so its week has no status.
      const expected = naive.mode === "cumulative" ? week.map(({ isoDate }) => ({ isoDate, status: undefined })) : week;
      deepStrictEqual(
        state.week.map(({ isoDate, status }) => ({ isoDate, status })),
        expected,
      );
    },
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
    says: "the awards are the oracle's",
    check: ({ milestones, history, rules, present, naive }) => {
      deepStrictEqual(awardsInOrder(milestones, history, rules, present), naiveAwards(naive, milestones));
    },
  },
  {
    says: "a new repair is possible when the state says so and none lies after today, and makes current what the state says",
    check: (subject) => {
      const { history, rules, present, today, state, repairs } = subject;
      const { repair } = state.streak;
      const entry = repairOn(history, rules, present);
      const isBefore = repairs.some(({ on }) => on > today);
      deepStrictEqual("refused" in entry, isBefore || repair === undefined || !repair.canBePaid);
      if (!("refused" in entry)) {
        const made = { on: today, withinDays: entry.withinDays, takesFreeze: entry.takesFreeze === true };
        const after = streakOf(history, judgedBy({ ...subject, repairs: [...repairs, made] }), present);
        deepStrictEqual(after.current, repair?.currentAfter);
        deepStrictEqual(after.repair, undefined);
      }
    },
  },
  {
    says: "today waits for the grace where the oracle lets it wait",
    check: (subject) => {
      const { homeZone = "UTC", zone = homeZone, today, history, naive } = subject;
      const rules = judgedBy({ ...subject, versions: subject.versions.map(withGrace) });
      const versions = [{ rules: { graceMinutes: GRACE } }];
      for (const minutes of [0, GRACE - 1, GRACE, 12 * 60]) {
        const instant = beginOf(today, zone) + minutes * 60_000;
        const inGrace = isNaiveLate(instant, zone, versions);
        const expected = naiveToday({ ...naive, today: naiveDay(instant, zone, versions), inGrace });
        deepStrictEqual(isoOf(presentAt(history, rules, instant, zone).today), expected);
      }
    },
  },
  {
    says: "a repair that was taken back was never made",
    check: (subject) => {
      const { history, present } = subject;
      const ledger = ledgerOf(subject);
      const takenBack = ledger
        .filter(({ kind }) => kind === "repair")
        .map(
          ({ id, user }, index) =>
            ({ ...ledger[0], id: `back ${index}`, kind: "takeBack", entry: { id, user } }) as LedgerEntry,
        );
      const never = judgedBy({ ...subject, repairs: [] });
      deepStrictEqual(
        stateOf(history, judgedBy(subject, [...takenBack, ...ledger]), present),
        stateOf(history, never, present),
      );
    },
  },
  {
    says: "rules of repairs and grace that nobody uses change nothing but `streak.repair`",
    check: (subject) => {
      const history = historyOf({ ...subject, others: subject.others.filter(({ late }) => !late) });
      const unused = { ...subject, repairs: [], versions: subject.versions.map(withGrace) };
      const bare = { ...unused, versions: subject.versions.map(withoutRepairs) };
      const { streak, week } = stateOf(history, judgedBy(unused), subject.present);
      const { repair, ...without } = streak;
      deepStrictEqual({ streak: without, week }, stateOf(history, judgedBy(bare), subject.present));
    },
  },
  {
    says: "what is explained adds up to current, wherever the explanation begins",
    check: (subject) => {
      const { mode, today, from } = subject;
      const last = mode === "cumulative" ? Math.max(today, ...ownDaysOf(subject)) : today;
      const { streak, runFirst, countedBefore, periods } = explained(subject, Math.min(from, last), last);
      const counted = periods
        .filter((period) => runFirst !== undefined && period.last >= runFirst)
        .reduce((sum, period) => sum + period.counted, 0);
      deepStrictEqual(countedBefore + counted, streak.current);
      deepStrictEqual(runFirst === undefined, streak.current === 0);
    },
  },
  {
    says: "one more event never makes current or best smaller, where nobody has freezes or travels, and no lenient weeks or months are repaired",
    check: (subject) => {
      if (hasLenientRepair(subject)) {
        return;
      }
      const { homeZone, today } = subject;
      const present = { today, ...(homeZone !== undefined && { zone: homeZone }) };
      const rules = judgedBy({ ...subject, grants: [], versions: subject.versions.map(withoutEarning) });
      const events = atHome(subject);
      const before = streakOf(historyOf(events), rules, present);
      for (const added of addedEvents(subject, events)) {
        const after = streakOf(historyOf(added), rules, present);
        ok(after.current >= before.current, `current was ${before.current} and is ${after.current}`);
        ok(after.best >= before.best, `best was ${before.best} and is ${after.best}`);
      }
    },
  },
  {
    says: "one more action adds one where actions count, unless it is the first that is known of a done day; else nothing",
    check: (subject) => {
      const { mode, versions, actions = [], other, present, rules } = subject;
      const doActionsCount = mode === "cumulative" && versions.some(({ counts }) => counts === "actions");
      const before = streakOf(subject.history, rules, present);
      const done = ownDaysOf(subject);
      for (const day of new Set([other, ...done.slice(0, 2), ...actions.slice(0, 2).map(({ day }) => day)])) {
        const isDone = done.includes(day);
        const events = { ...subject, days: isDone ? subject.days : [...subject.days, day] };
        const added = streakOf(historyOf({ ...events, actions: [...actions, { day, id: "new" }] }), rules, present);
        const isFirst = !actions.some((action) => action.day === day);
        if (doActionsCount) {
          deepStrictEqual([added.current, added.best], Array(2).fill(before.current + (isDone && isFirst ? 0 : 1)));
        } else if (isDone) {
          deepStrictEqual(added, before);
        }
      }
    },
  },
  {
    says: "rules that count actions change nothing but units where no day has two, and mean nothing to a continuous streak",
    check: (subject) => {
      const { mode, present, from, to } = subject;
      const history = mode === "continuous" ? subject.history : historyOf({ ...subject, actions: [] });
      const told = (versions: readonly RulesVersion[]) => {
        const rules = judgedBy({ ...subject, versions });
        const { week } = stateOf(history, rules, present);
        return { week, ...explain(history, rules, present, { first: from, last: to }) };
      };
      const days = told(subject.versions.map(withoutActions));
      const actions = told(subject.versions.map(withActions));
      deepStrictEqual(actions, mode === "continuous" ? days : inActions(days));
    },
  },
  {
    says: "pauses never make current or best smaller, unless a week or month is kept by days off alone or lenient and repaired, without freezes and late events",
    check: (subject) => {
      const history = historyOf({ ...subject, others: subject.others.filter(({ late }) => !late) });
      const { present } = subject;
      const versions = subject.versions.map(withoutEarning);
      const hasOffWeeks = versions.some((version) => isInWeeksOrMonths(version) && hasDaysOff(version));
      if (!hasOffWeeks && !hasLenientRepair(subject)) {
        const [paused, without] = [subject.pauses, []].map((pauses) =>
          streakOf(history, judgedBy({ ...subject, versions, grants: [], pauses }), present),
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
      const without = stateOf(subject.history, judgedBy({ ...bare, grants: [], optOuts: [] }), subject.present);
      const unused = { ...subject, versions: subject.versions.map(withoutEarning), grants: [] };
      for (const rules of [judgedBy(unused), judgedBy(bare)]) {
        const { streak, week } = stateOf(subject.history, rules, subject.present);
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
      deepStrictEqual(stateOf(subject.history, judgedBy(subject, other), subject.present), subject.state);
    },
  },
  {
    says: "pauses unite: in whatever order they are, and in how many parts, the state is the same",
    check: (subject) => {
      const parts = subject.pauses.flatMap(partsOf).toReversed();
      deepStrictEqual(
        stateOf(subject.history, judgedBy({ ...subject, pauses: parts }), subject.present),
        subject.state,
      );
    },
  },
  {
    says: "an amnesty is what a pause of the same days is, but for the status of its days, and for `streak.pause`",
    check: (subject) => {
      const { history, rules, present, from, to, state, pauses, amnesties } = subject;
      const paused = judgedBy({ ...subject, pauses: [...pauses, ...amnesties], amnesties: [] });
      deepStrictEqual(asPauses(state), asPauses(stateOf(history, paused, present)));
      const range = { first: from, last: to };
      deepStrictEqual(
        explainedAsPauses(explain(history, rules, present, range)),
        explainedAsPauses(explain(history, paused, present, range)),
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
      deepStrictEqual(stateOf(subject.history, judgedBy({ ...subject, amnesties }), subject.present), subject.state);
    },
  },
  {
    says: "an amnesty that was taken back, or is about another streak, changes nothing",
    check: (subject) => {
      const { history, rules, present, other, from, to } = subject;
      const days = { from: Math.max(other - 9, FIRST_DAY), to: Math.min(other + 9, LAST_DAY), declared: OUTAGE };
      const amnesties = [
        { id: "taken back", ...days, takenBack: OUTAGE },
        ...amnestiesOf(subject.amnesties),
        { id: "of another", event: "other", ...days },
      ];
      const same = judgedBy(subject, ledgerOf(subject), amnesties);
      const range = { first: from, last: to };
      deepStrictEqual(stateOf(history, same, present), subject.state);
      deepStrictEqual(explain(history, same, present, range), explain(history, rules, present, range));
    },
  },
  {
    says: "best is never below current",
    check: ({ state: { streak } }) => {
      ok(streak.best >= streak.current, `current is ${streak.current} and best is ${streak.best}`);
    },
  },
  {
    says: "two users who are merged have the state of one user who has the days, actions and ledgers of both",
    check: (subject) => {
      const { days, others, actions = [], present, state } = subject;
      // Some days and some actions are both users'.
      const one = {
        days: days.slice(days.length / 3),
        others: others.slice(1),
        actions: actions.slice(actions.length / 3),
      };
      const other = {
        days: days.slice(0, (2 * days.length) / 3),
        others: others.slice(0, 2),
        actions: actions.slice(0, (2 * actions.length) / 3),
      };
      const ledger = ledgerOf(subject).map((entry, index) => (index % 2 === 0 ? entry : { ...entry, user: "bob" }));
      const ledgers = ["bob", "ann"].flatMap((name) => ledger.filter(({ user }) => user === name));
      const events = {
        ...subject,
        days: [...one.days, ...other.days],
        others: [...other.others, ...one.others],
        actions: [...one.actions, ...other.actions],
      };
      deepStrictEqual(stateOf(historyOf(events), judgedBy(subject, ledgers), present), state);
    },
  },
  {
    says: "rules of plain every day make what no rules make, with a unit and a progress",
    check: ({ mode, history, present }) => {
      const bare = stateOf(history, lessonRules({ mode }, []), present);
      const ruled = stateOf(history, lessonRules({ mode, versions: [EVERY_DAY] }, []), present);
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
      const { present, today, other, added } = subject;
      const range = { first: Math.min(subject.from, today), last: today };
      const held = versionsOn(subject, today);
      // Before actions count for the first time, none is known.
      const { actions, ...bare } = subject.known;
      const known = held.some(({ counts }) => counts !== undefined) ? subject.known : bare;
      const from = today + 1 + (Math.abs(other - today) % 45);
      const unchanged = judgedBy({ ...subject, versions: held });
      const changed = judgedBy({ ...subject, versions: [...held, { from, ...added }] });
      deepStrictEqual(explain(known, changed, present, range), explain(known, unchanged, present, range));
    },
  },
  {
    says: "everything but best is blind to days after today",
    check: ({ mode, state, known, rules, present }) => {
      if (mode === "continuous") {
        const { best, ...streak } = state.streak;
        const { best: bestKnown, ...streakKnown } = streakOf(known, rules, present);
        deepStrictEqual(streak, streakKnown);
        ok(best >= bestKnown);
      }
    },
  },
  {
    says: "days that are decades away matter for best alone, where no freezes are earned or granted",
    check: (subject) => {
      const { mode, pauses, history, days, present, today } = subject;
      const versions = subject.versions.map(withoutEarning);
      // Repairs that are still to come would be known in the walk to the last day.
      const repairs = subject.repairs.filter(({ on }) => on <= today);
      const rules = judgedBy({ ...subject, versions, grants: [], repairs });
      const streak = streakOf(history, rules, present);
      const all = ownDaysOf(subject);
      if (pauses.some(({ to }) => to === undefined)) {
        return; // Decades may lie in a pause without an end, and a run goes on over them.
      }
      for (const years of [-30, 30]) {
        const away = days.map((day) => day + years * 365).filter(isDay);
        if (mode === "continuous" && Math.max(...all, today) - Math.min(...all, today) < 365) {
          const { best } = streakOf(historyOf({ ...subject, days: away, others: [] }), rules, present);
          const expected = { ...streak, best: Math.max(best, streak.best) };
          deepStrictEqual(streakOf(historyOf({ ...subject, days: [...days, ...away] }), rules, present), expected);
        }
      }
    },
  },
  {
    says: "the state of a past day is what was read then, before the later versions of the rules were made",
    check: (subject) => {
      const { versions, history, rules, today, other } = subject;
      // Most of what a version could rewrite is in the week or month that has begun when it is to hold.
      const justBefore = versions.flatMap(({ from }) => (from === undefined ? [] : from - 1 - (Math.abs(other) % 20)));
      for (const asOf of [other, ...justBefore].map((day) => Math.min(day, today)).filter(isDay)) {
        const rulesThen = judgedBy({ ...subject, versions: versionsOn(subject, asOf) });
        const then = presentOf(subject, asOf);
        const readThen = stateOf(settledUpTo(subject, asOf), rulesThen, then);
        const readNow = stateOf(historyUpTo(history, rules, asOf), rules, then);
        deepStrictEqual(readNow.streak, readThen.streak);
        // A day of the week that was still to come may be off since.
        deepStrictEqual(weekUpTo(readNow, asOf), weekUpTo(readThen, asOf));
      }
    },
  },
  {
    says: "an explanation that is asked for no days begins with the run",
    check: ({ history, rules, present, today }) => {
      const { runFirst, periods } = explain(history, rules, present, { last: today });
      if (runFirst === undefined || runFirst <= today) {
        const first = runFirst === undefined ? today - 29 : Math.max(runFirst, today - 365, FIRST_EXPLAINED);
        deepStrictEqual(periods, explain(history, rules, present, { first, last: today }).periods);
      }
    },
  },
  {
    says: "the explained periods follow each other without a gap, and are those around the days that are asked for",
    check: (subject) => {
      const { mode, naive, today, from, to } = subject;
      const done = [...naiveDone(naive)].filter((day) => mode === "cumulative" || day <= today);
      const { periods } = explained(subject, from, to);
      let next = periods[0]?.first as Day;
      ok(next <= from && from <= (periods[0]?.last as Day));
      for (const { first, last, days, done: counted, outcome } of periods) {
        deepStrictEqual([first, last - first + 1], [next, days.length]);
        const doneDays = days.filter(({ day }) => done.includes(day)).length;
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

/** Tells the same numbers of actions. */
function inActions<T extends Explanation>({ streak, periods, ...told }: T) {
  const unit = "action" as const;
  return { ...told, streak: { ...streak, unit }, periods: periods.map((period) => ({ ...period, unit })) };
}

function isInWeeksOrMonths({ cadence: { kind } }: RulesVersion): boolean {
  return kind === "days_a_week" || kind === "days_a_month";
}

/**
 * Whether a run may be repaired in weeks or months that allow a miss: keeping one more of them can turn the start of a
 * newer run, which counted, into an excused miss of an older one, which does not.
 */
export function hasLenientRepair({
  repairs,
  versions,
}: { readonly repairs: readonly unknown[] } & Pick<Given, "versions">): boolean {
  return repairs.length > 0 && versions.some((version) => version.neverMissTwice && isInWeeksOrMonths(version));
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

/** Some minutes of grace. */
const GRACE = 120;

function withGrace(rules: RulesVersion): RulesVersion {
  return { ...rules, grace: GRACE };
}

function withoutRepairs({ repairs, ...rules }: RulesVersion): RulesVersion {
  return rules;
}

function withActions(rules: RulesVersion): RulesVersion {
  return { ...rules, counts: "actions" };
}

function withoutActions({ counts, ...rules }: RulesVersion): RulesVersion {
  return rules;
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
  return week
    .filter(({ isoDate }) => dayOf(isoDate) <= day)
    .map(({ status, ...others }) => ({ ...others, ...(status && { status: status === "late" ? "done" : status }) }));
}

/** The done days up to a day, with their zones, as if no event had been late. */
function settledUpTo({ mode, naive, homeZone, actions = [] }: Subject, day: Day): History {
  if (mode === "cumulative") {
    const days = [...naiveDone(naive)].filter((done) => done <= day);
    return historyOf({ days, others: [], actions: actions.filter((action) => action.day <= day) });
  }
  const zones = [...naiveZones(naive)].filter(([done]) => done <= day);
  const others = zones.flatMap(([done, names]) =>
    [...names].flatMap((zone) => (zone === homeZone ? [] : [{ days: [done], late: false, zone }])),
  );
  const days = zones.filter(([, names]) => homeZone === undefined || names.has(homeZone)).map(([done]) => done);
  return historyOf({ days, others, ...(homeZone !== undefined && { homeZone }) });
}

/** The same events, all of them at home. */
function atHome({ days, others, actions = [], homeZone }: Subject): GivenEvents {
  return {
    days,
    others: others.map(({ days, late }) => ({ days, late })),
    actions,
    ...(homeZone !== undefined && { homeZone }),
  };
}

/** The events with one more, which is in time or late. */
function addedEvents({ other }: Subject, events: GivenEvents): GivenEvents[] {
  return [
    { ...events, days: [...events.days, other] },
    { ...events, others: [...events.others, { days: [other], late: true }] },
  ];
}

function explained({ history, rules, present }: Subject, first: Day, last: Day): Explanation {
  return explain(history, rules, present, { first, last });
}

function naiveStreakOf({ progress, pause, repair, ...streak }: Streak) {
  return {
    ...streak,
    ...(repair && { repair: naiveRepairOf(repair) }),
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
