import { parseArgs } from "node:util";
import type { History } from "../../src/domain/check-ins.ts";
import type { Day } from "../../src/domain/day.ts";
import { countDays, emptyMonths, type Months, runsOf, withDay } from "../../src/domain/months.ts";
import { type Cadence, EVERY_DAY, type RulesVersion, type WidgetRules } from "../../src/domain/rules.ts";
import { settle } from "../../src/domain/streaks/late-events.ts";
import { rulesFor, rulesOfUser, type StreakRules } from "../../src/domain/streaks/rules-for.ts";
import { stateOf } from "../../src/domain/streaks/state.ts";
import { wholeNumber } from "../options.ts";
import { describeMachine } from "../report/machine.ts";
import { short, tableOf } from "../report/table.ts";
import { medianOf } from "../results.ts";

const HELP = `npm run bench:rules -- [options]

What the rules of a widget and the ledger of a user cost when a state is computed, beside a widget without rules.

  --years N          how long the histories are (10)
  --rounds N         how many times each of them is measured (40)
  --quick            a few rounds: only to see that all runs
`;

/** How much longer a state by rules may take, in microseconds. */
const MOST_MORE_US = 20;

/**
 * How often a state is computed in a round. Each round measures both, one after the other, so that they share noise.
 */
const STATES = 300;

/** Which of the days before today are done: today is 0. */
const histories: Readonly<Record<string, (daysAgo: number) => boolean>> = {
  "every day": () => true,
  weekdays: (daysAgo) => daysAgo % 7 < 5,
  "every other day": (daysAgo) => daysAgo % 2 === 0,
  "seven days of ten": (daysAgo) => ((daysAgo * 2_654_435_761) >>> 0) % 10 < 7,
  "three days a week": (daysAgo) => [0, 2, 5].includes(daysAgo % 7),
};

const today: Day = 20_088; // a Tuesday

const cadences: Readonly<Record<string, Partial<RulesVersion>>> = {
  "every day": {},
  "weekends off": { daysOff: { weekdays: [5, 6], dates: [], holidays: [] } },
  "a holiday each month": { daysOff: { weekdays: [], dates: holidays(), holidays: [] } },
  "never miss twice": { neverMissTwice: true },
  "3 days a week": cadence({ kind: "days_a_week", days: 3, weekStart: 6 }),
  "3 days a week, Sundays off": {
    ...cadence({ kind: "days_a_week", days: 3, weekStart: 0 }),
    daysOff: { weekdays: [6], dates: [], holidays: [] },
  },
  "10 days a month": cadence({ kind: "days_a_month", days: 10 }),
  "every 3 days": cadence({ kind: "every_n_days", days: 3 }),
  "3 in any 7 days": cadence({ kind: "days_in_any", days: 3, of: 7 }),
  "7 days a week": cadence({ kind: "days_a_week", days: 7, weekStart: 0 }),
  "28 days a month": cadence({ kind: "days_a_month", days: 28 }),
  "5 in any 7 days": cadence({ kind: "days_in_any", days: 5, of: 7 }),
  "45 in any 90 days": cadence({ kind: "days_in_any", days: 45, of: 90 }),
  "80 in any 90 days": cadence({ kind: "days_in_any", days: 80, of: 90 }),
  "3 in any 7 days, Sundays off": {
    ...cadence({ kind: "days_in_any", days: 3, of: 7 }),
    daysOff: { weekdays: [6], dates: [], holidays: [] },
  },
  "freezes, one for each day": { freezes: { earned: { every: 1, max: 30 }, lengthenRun: false } },
  "two hours of grace": { grace: 120 },
  "repairs within 3 days": { repairs: { withinDays: 3, price: { kind: "none" } } },
};

/** The rules that are measured for a cumulative streak alone. */
const COUNTS_ACTIONS = "counts actions";

const rulesNamed: typeof cadences = { ...cadences, [COUNTS_ACTIONS]: { counts: "actions" } };

/** The cadences that are measured also for a user with pauses. */
const alsoPaused = ["every day", "weekends off", "3 days a week", "10 days a month", "3 in any 7 days"];

type Ledger = Parameters<typeof rulesOfUser>[1];

/** Two weeks each half a year, and from today on. */
const pauses: Ledger = Array.from({ length: 21 }, (_, index) => ({
  ...{ id: `pause ${index}`, user: "ann", reason: "Holiday", actor: "root", at: index, kind: "pause" as const },
  ...{ from: today - 182 * index, ...(index > 0 && { to: today - 182 * index + 13 }) },
}));

/** One each month, which expires after two. */
const grants: Ledger = Array.from({ length: 120 }, (_, index) => ({
  ...{ id: `grant ${index}`, user: "ann", reason: "Gift", actor: "root", at: index, kind: "grantFreezes" as const },
  ...{ event: "lesson", count: 1, from: today - 30 * index, to: today - 30 * index + 59 },
}));

/** One each quarter. */
const repairs: Ledger = Array.from({ length: 40 }, (_, index) => ({
  ...{ id: `repair ${index}`, user: "ann", reason: "Asked", actor: "root", at: index, kind: "repair" as const },
  ...{ event: "lesson", from: today - 91 * (40 - index), withinDays: 3 },
}));

const HOME = "Europe/Berlin";

/** The done days of a user, some of them by late events or in other zones. */
type Recorded = (days: Months) => History;

/** Every third day is done by a late event, and every ninth by late events alone. */
const nights: Recorded = (days) => ({
  days: filtered(days, (day) => day % 9 !== 0),
  others: [{ late: true, days: filtered(days, (day) => day % 3 === 0) }],
  home: HOME,
});

/** A week abroad in each season, by turns in the west and in the east. */
const trips: Recorded = (days) => {
  const abroad = (zone: string, offset: number) => ({
    late: false,
    zone,
    days: filtered(days, (day) => (day + offset) % 182 < 7),
  });
  return {
    days: filtered(days, (day) => day % 91 >= 7),
    others: [abroad("America/New_York", 0), abroad("Asia/Tokyo", 91)],
    home: HOME,
  };
};

/** Each day in two zones, as when two users have become one. */
const twoZones: Recorded = (days) => ({ days, others: [{ late: false, zone: "Europe/London", days }], home: HOME });

/** Another zone each day. */
const hops: Recorded = (days) => ({
  days: filtered(days, (day) => day % 4 === 0),
  others: ["Europe/London", "America/New_York", "Asia/Tokyo"].map((zone, index) => ({
    ...{ late: false, zone },
    days: filtered(days, (day) => day % 4 === index + 1),
  })),
  home: HOME,
});

/** Three times on each day. */
const actions: Recorded = (days) => ({ days, home: HOME, actions: { beyondFirst: 2 * countDays(days) } });

/**
 * What is measured: rules, the ledger of a user, if it has any entries, and what is recorded, if it is not simply days.
 */
interface Case {
  readonly name: string;
  /** Absent without rules. */
  readonly rules?: string;
  readonly ledger?: Ledger;
  readonly recorded?: Recorded;
  /** Continuous when not given. */
  readonly mode?: "cumulative";
}

const cases: readonly Case[] = [
  ...Object.keys(cadences).map((rules) => ({ name: rules, rules })),
  ...alsoPaused.map((rules) => ({ name: `${rules}, pauses`, rules, ledger: pauses })),
  { name: "freezes, grants", rules: "freezes, one for each day", ledger: grants },
  { name: "repairs, 40 made", rules: "repairs within 3 days", ledger: repairs },
  { name: "grace, late events", rules: "two hours of grace", recorded: nights },
  { name: "cumulative, actions", rules: COUNTS_ACTIONS, mode: "cumulative", recorded: actions },
  { name: "no rules, trips", recorded: trips },
  { name: "3 days a week, trips", rules: "3 days a week", recorded: trips },
  { name: "no rules, two zones each day", recorded: twoZones },
  { name: "no rules, another zone each day", recorded: hops },
];

function main(): void {
  const { values } = parseArgs({
    options: {
      years: { type: "string" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const days = 365 * wholeNumber("years", values.years, 10);
  const rounds = values.quick ? 2 : wholeNumber("rounds", values.rounds, 40);
  const rulesBy = (versions?: readonly RulesVersion[], mode: WidgetRules["mode"] = "continuous") =>
    rulesFor({ event: "lesson", rules: { mode, ...(versions && { versions }) } }, { holidays: [], amnesties: [] });
  const plain = rulesBy();
  let most = 0;
  const lines: string[][] = [];
  for (const [pattern, isDone] of Object.entries(histories)) {
    const months = monthsOf(days, isDone);
    const atHome: History = { days: months, home: HOME };
    for (const { name, rules: chosen, mode, ledger, recorded } of cases) {
      const rules = chosen === undefined ? plain : rulesBy([{ ...EVERY_DAY, ...rulesNamed[chosen] }], mode);
      const history = recorded?.(months) ?? atHome;
      // The entries are read with the days of each state, the rules once for all.
      const measured = () => rulesOfUser(rules, ledger, "lesson");
      const pairs = Array.from(
        { length: rounds },
        () => [measure(atHome, () => plain), measure(history, measured)] as const,
      );
      const without = medianOf(pairs.map(([one]) => one)) as number;
      const more = medianOf(pairs.map(([one, other]) => other - one)) as number;
      most = Math.max(most, more);
      lines.push([pattern, name, short(without), short(without + more), more.toFixed(1)]);
    }
  }
  process.stdout.write(`${describeMachine()}\n\n${days} days\n\n`);
  process.stdout.write(`${tableOf(["history", "rules", "without, µs", "with, µs", "more, µs"], lines, 2)}\n\n`);
  const isWithin = most <= MOST_MORE_US;
  process.stdout.write(`at most ${MOST_MORE_US} µs more: ${isWithin ? "yes" : `no, ${most.toFixed(1)} µs`}\n`);
  process.exitCode = isWithin ? 0 : 1;
}

function cadence(chosen: Cadence): Partial<RulesVersion> {
  return { cadence: chosen };
}

function holidays(): Day[] {
  return Array.from({ length: 120 }, (_, month) => today - 30 * month - 11);
}

function monthsOf(days: number, isDone: (daysAgo: number) => boolean): Months {
  return Array.from({ length: days }, (_, daysAgo) => daysAgo)
    .filter(isDone)
    .reduce((months, daysAgo) => withDay(months, today - daysAgo), emptyMonths);
}

function filtered(days: Months, isKept: (day: Day) => boolean): Months {
  const kept = runsOf(days).flatMap(({ first, length }) => Array.from({ length }, (_, index) => first + index));
  return kept.filter(isKept).reduce(withDay, emptyMonths);
}

/** Returns how long a state takes, in microseconds. */
function measure(history: History, rules: () => StreakRules): number {
  const start = performance.now();
  for (let index = 0; index < STATES; index++) {
    const judgedBy = rules();
    stateOf(settle(history, judgedBy), judgedBy, { today, zone: HOME });
  }
  return ((performance.now() - start) * 1000) / STATES;
}

main();
