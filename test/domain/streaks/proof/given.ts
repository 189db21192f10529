import type { Amnesty } from "#src/domain/amnesties.ts";
import type { History, OtherDays } from "#src/domain/check-ins.ts";
import type { Day } from "#src/domain/day.ts";
import type { LedgerDecision, LedgerEntry } from "#src/domain/ledger.ts";
import { type Months, monthOf, union } from "#src/domain/months.ts";
import type { Cadence, FreezeRules, HolidayList, RulesVersion, WidgetRules } from "#src/domain/rules.ts";
import type { Present } from "#src/domain/streaks/present.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import type { State } from "#src/domain/streaks/state.ts";
import type { Streak } from "#src/domain/streaks/streak-shape.ts";
import type { NaiveAward, NaiveMilestone } from "../awards.ts";
import { awardsOf, historyUpTo, stateOf } from "../by-history.ts";
import { dayOf, isoOf } from "../calendar.ts";
import { lessonRules } from "../given.ts";
import type { NaiveRules } from "../history.ts";
import type { NaiveCase } from "../oracle.ts";
import type { NaiveRepairOffer } from "../repair-offer.ts";

/** A pause of the user. */
export interface GivenPause {
  readonly from: Day;
  readonly to?: Day;
}

/** An amnesty of the project that is about the streak. */
export interface GivenAmnesty {
  readonly from: Day;
  readonly to: Day;
}

/** Freezes that the user was given. */
export interface GivenGrant {
  readonly from: Day;
  readonly count: number;
  readonly to?: Day;
}

/** Whether the user wants no freezes, from a day on. */
export interface GivenOptOut {
  readonly from: Day;
  readonly out: boolean;
}

/** A repair of the streak. */
export interface GivenRepair {
  readonly on: Day;
  readonly withinDays: number;
  readonly takesFreeze: boolean;
}

/** Events that were late, or were dated in another zone than the home zone. */
export interface GivenOthers {
  readonly days: readonly Day[];
  readonly late: boolean;
  readonly zone?: string;
}

/** An action of a done day. The same action of a day may be given several times, and is one. */
export interface GivenAction {
  readonly day: Day;
  readonly id: string;
}

/** What was decided about the user. */
export interface GivenDecisions {
  /** In any order; they may have days in common. A pause without `to` has no end. */
  readonly pauses: readonly GivenPause[];
  /** In any order. */
  readonly grants: readonly GivenGrant[];
  /** In the order in which they were made. */
  readonly optOuts: readonly GivenOptOut[];
  /** In the order in which they were made. */
  readonly repairs: readonly GivenRepair[];
}

/** What was done where. */
export interface GivenEvents {
  /** The days of events that were in time, in the home zone; in the order in which they were recorded, maybe repeated. */
  readonly days: readonly Day[];
  readonly others: readonly GivenOthers[];
  /** Of days that are done; in any order, maybe repeated. A done day without any is one of which no action is known. */
  readonly actions?: readonly GivenAction[];
  /** Absent where zones don't matter. */
  readonly homeZone?: string;
  /** The zone that decides which day is today; absent when it is the home zone. */
  readonly zone?: string;
}

/** A history, the rules that judge it, and what the claims need beside them. */
export interface Given extends GivenDecisions, GivenEvents {
  readonly mode: WidgetRules["mode"];
  /** At least one. */
  readonly versions: readonly RulesVersion[];
  readonly holidays: readonly HolidayList[];
  /** In any order; they may have days in common. */
  readonly amnesties: readonly GivenAmnesty[];
  readonly today: Day;
  /** Any other day, which may be done or not. */
  readonly other: Day;
  /** The first and the last day that are explained. */
  readonly from: Day;
  readonly to: Day;
  /** Rules that a claim adds as a version, on a day of its own. */
  readonly added: Omit<RulesVersion, "from">;
  readonly milestones: readonly NaiveMilestone[];
}

/** The first and the last day that an ISO date can say. */
export const FIRST_DAY = dayOf("0001-01-01");
export const LAST_DAY = dayOf("9999-12-31");

/** What is given, as the domain and the oracle take it. */
export interface Subject extends Given {
  readonly rules: StreakRules;
  readonly history: History;
  /** What is known of the days up to today. */
  readonly known: History;
  readonly present: Present;
  readonly state: State;
  readonly naive: NaiveCase;
}

export function subjectOf(given: Given): Subject {
  const rules = judgedBy(given);
  const history = historyOf(given);
  const present = presentOf(given);
  return {
    ...given,
    rules,
    history,
    known: historyUpTo(history, rules, present.today),
    present,
    state: stateOf(history, rules, present),
    naive: naiveCaseOf(given),
  };
}

/** Today, or another day, in the zone in which the user is. */
export function presentOf({ homeZone, zone = homeZone, today }: Given, day = today): Present {
  return { today: day, ...(zone !== undefined && { zone }) };
}

/** The events as a store keeps them: each kind of them once, and each action once. */
export function historyOf({ days, others, actions = [], homeZone }: GivenEvents): History {
  const kinds = new Map<string, OtherDays>();
  for (const { days, late, zone } of others) {
    const key = `${late} ${zone}`;
    const known = kinds.get(key)?.days ?? {};
    kinds.set(key, { late, ...(zone !== undefined && { zone }), days: union(known, monthsOf(days)) });
  }
  return {
    days: monthsOf(days),
    ...(kinds.size > 0 && { others: [...kinds.values()] }),
    ...actionsOf(countsOf(actions)),
    ...(homeZone !== undefined && { home: homeZone }),
  };
}

/** How many actions days have, as a store counts them. */
export function actionsOf(counts: ReadonlyMap<Day, number>): Pick<History, "actions"> {
  const ofDays = new Map([...counts].filter(([, count]) => count > 1));
  const beyondFirst = [...ofDays.values()].reduce((sum, count) => sum + count - 1, 0);
  return ofDays.size === 0 ? {} : { actions: { beyondFirst, ofDays } };
}

/** How many different actions each day has. */
function countsOf(actions: readonly GivenAction[]): ReadonlyMap<Day, number> {
  const ids = new Map<Day, Set<string>>();
  for (const { day, id } of actions) {
    ids.set(day, (ids.get(day) ?? new Set()).add(id));
  }
  return new Map([...ids].map(([day, { size }]) => [day, size]));
}

/** What each milestone was awarded, in their order, as the oracle says it. */
export function awardsInOrder(
  milestones: readonly NaiveMilestone[],
  history: History,
  rules: StreakRules,
  present: Present,
): NaiveAward[] {
  const named = milestones.map((milestone, index) => ({ id: `${index}`, ...milestone }));
  const awards = awardsOf(named, history, rules, present);
  return named.map(({ id }) => {
    const { timesAwarded = 0, day } = awards.get(id) ?? {};
    return { timesAwarded, ...(day !== undefined && { awardedDate: isoOf(day) }) };
  });
}

/** A repair that can be made, as the oracle says it. */
export function naiveRepairOf({ lastDay, price, ...repair }: NonNullable<Streak["repair"]>): NaiveRepairOffer {
  return { ...repair, lastDate: isoOf(lastDay), price: price.kind };
}

/** The days of all events by their own dates. */
export function ownDaysOf({ days, others }: GivenEvents): readonly Day[] {
  return [...days, ...others.flatMap(({ days }) => days)];
}

/** What judges a streak: the rules of its widget, the amnesties of its project, and the ledger of its user. */
export function judgedBy(
  given: Pick<Given, "mode" | "versions" | "holidays" | "amnesties"> & GivenDecisions,
  ledger: readonly LedgerEntry[] = ledgerOf(given),
  amnesties: readonly Amnesty[] = amnestiesOf(given.amnesties),
): StreakRules {
  const { mode, versions, holidays } = given;
  return rulesOfUser(lessonRules({ mode, versions }, holidays, amnesties), ledger, "lesson");
}

/** Why an amnesty was declared or taken back. */
export const OUTAGE = { reason: "outage", actor: "root", at: 0 };

/** Amnesties of a project. Every other one is about all streaks. */
export function amnestiesOf(amnesties: readonly GivenAmnesty[]): Amnesty[] {
  return amnesties.map((days, index) => ({
    id: `amnesty ${index}`,
    ...(index % 2 === 0 && { event: "lesson" }),
    ...days,
    declared: OUTAGE,
  }));
}

/** A ledger with nothing but these decisions. Every other one about freezes is about all streaks. */
export function ledgerOf({ pauses, grants, optOuts, repairs }: GivenDecisions, user = "ann"): LedgerEntry[] {
  const decisions: LedgerDecision[] = [
    ...pauses.map((pause) => ({ kind: "pause" as const, ...pause })),
    ...grants.map((grant) => ({ kind: "grantFreezes" as const, event: "lesson", ...grant })),
    ...optOuts.map(({ from, out }, index) => ({
      kind: out ? ("optOut" as const) : ("optIn" as const),
      ...(index % 2 === 0 && { event: "lesson" }),
      from,
    })),
    ...repairs.map(({ on, withinDays, takesFreeze }) => ({
      kind: "repair" as const,
      event: "lesson",
      from: on,
      withinDays,
      ...(takesFreeze && { takesFreeze }),
    })),
  ];
  return decisions.map((decision, at) => ({ id: `entry ${at}`, user, reason: "ill", actor: "root", at, ...decision }));
}

/** The set of these days. */
export function monthsOf(days: readonly Day[]): Months {
  const months: Record<string, number> = {};
  for (const day of days) {
    const { month, bit } = monthOf(day);
    months[month] = (months[month] ?? 0) | bit;
  }
  return months;
}

/** The history as the oracle takes it. */
export function naiveCaseOf(given: Given): NaiveCase {
  const { mode, versions, holidays, amnesties, days, others, actions = [], homeZone, zone, today } = given;
  const counts = [...countsOf(actions)].map(([day, count]) => [isoOf(day), count]);
  return {
    mode,
    dates: days.map(isoOf),
    others: others.map(({ days, ...kind }) => ({ dates: days.map(isoOf), ...kind })),
    actions: Object.fromEntries(counts),
    ...(homeZone !== undefined && { homeZone }),
    ...(zone !== undefined && { zone }),
    versions: versions.map((version) => naiveRulesOf(version, holidays)),
    amnesties: amnesties.map(({ from, to }) => ({ from: isoOf(from), to: isoOf(to) })),
    ...naiveDecisionsOf(given),
    today: isoOf(today),
  };
}

/** The decisions as the oracle takes them. */
export function naiveDecisionsOf({
  pauses,
  grants,
  optOuts,
  repairs,
}: GivenDecisions): Pick<NaiveCase, "pauses" | "grants" | "optOuts" | "repairs"> {
  return {
    pauses: pauses.map(naiveDays),
    grants: grants.map(({ count, ...days }) => ({ count, ...naiveDays(days) })),
    optOuts: optOuts.map(({ from, out }) => ({ from: isoOf(from), out })),
    repairs: repairs.map(({ on, ...repair }) => ({ on: isoOf(on), ...repair })),
  };
}

function naiveDays({ from, to }: GivenPause): { from: string; to?: string } {
  return { from: isoOf(from), ...(to !== undefined && { to: isoOf(to) }) };
}

function naiveRulesOf(version: RulesVersion, holidays: readonly HolidayList[]): NaiveRules {
  const { from, cadence, neverMissTwice, daysOff, freezes, repairs, counts } = version;
  const named = holidays.filter(({ name }) => daysOff.holidays.includes(name));
  return {
    ...(from !== undefined && { from: isoOf(from) }),
    cadence,
    neverMissTwice,
    daysOff: {
      weekdays: daysOff.weekdays,
      dates: [...daysOff.dates, ...named.flatMap(({ dates }) => dates)].map(isoOf),
    },
    ...(freezes !== undefined && { freezes }),
    ...(repairs !== undefined && { repairs }),
    ...(counts !== undefined && { counts }),
  };
}

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Writes what is given for a person: `x` is a done day, `·` another one, and `|` stands before today. */
export function describe(given: Given): string {
  const { mode, versions, holidays, amnesties, pauses, grants, optOuts, repairs } = given;
  const { days, others, actions = [], homeZone, zone, today, other, from, to, added, milestones } = given;
  const first = Math.min(...ownDaysOf(given), today);
  const last = Math.max(...ownDaysOf(given), today);
  return [
    `${mode}, today ${isoOf(today)}`,
    ...versions.map(
      (version) => `from ${version.from === undefined ? "ever" : isoOf(version.from)}: ${rules(version)}`,
    ),
    ...holidays.map(({ name, dates }) => `holidays ${name}: ${dates.map(isoOf).join(" ")}`),
    ...amnesties.map(({ from, to }) => `amnesty from ${isoOf(from)} to ${isoOf(to)}`),
    ...pauses.map(({ from, to }) => `paused from ${isoOf(from)} ${to === undefined ? "on" : `to ${isoOf(to)}`}`),
    ...grants.map(
      ({ from, count, to }) => `${count} freezes from ${isoOf(from)} ${to === undefined ? "on" : `to ${isoOf(to)}`}`,
    ),
    ...optOuts.map(({ from, out }) => `opts ${out ? "out" : "in"} from ${isoOf(from)} on`),
    ...repairs.map(
      ({ on, withinDays, takesFreeze }) =>
        `repaired on ${isoOf(on)}, ends within ${withinDays} days${takesFreeze ? ", for a freeze" : ""}`,
    ),
    ...(homeZone === undefined ? [] : [`home ${homeZone}, now in ${zone ?? homeZone}`]),
    ...others.map(
      ({ days, late, zone }) =>
        `${late ? "late" : "in time"} in ${zone ?? "the home zone"}: ${days.map(isoOf).join(" ")}`,
    ),
    ...[...countsOf(actions)].map(([day, count]) => `${count} actions on ${isoOf(day)}`),
    ...milestones.map(({ target, scope, repeats }) => `milestone ${target} ${scope}${repeats ? " repeats" : ""}`),
    last - first < 1000 ? picture(first, last, new Set(days), today) : `done: ${days.map(isoOf).join(" ")}`,
    `another day ${isoOf(other)}, explained from ${isoOf(from)} to ${isoOf(to)}, added rules: ${rules(added)}`,
  ].join("\n");
}

function rules({
  cadence,
  neverMissTwice,
  daysOff: { weekdays, dates, holidays },
  freezes,
  repairs,
  counts,
}: Omit<RulesVersion, "from">): string {
  return [
    cadenceText(cadence),
    ...(neverMissTwice ? ["never miss twice"] : []),
    ...(weekdays.length > 0 ? [`off: ${weekdays.map((weekday) => WEEKDAYS[weekday]).join(" ")}`] : []),
    ...(dates.length > 0 ? [`off: ${dates.map(isoOf).join(" ")}`] : []),
    ...(holidays.length > 0 ? [`off: holidays ${holidays.join(" ")}`] : []),
    ...(freezes === undefined ? [] : [freezesText(freezes)]),
    ...(repairs === undefined ? [] : [`repairs ${JSON.stringify(repairs)}`]),
    ...(counts === undefined ? [] : [`counts ${counts}`]),
  ].join(", ");
}

function freezesText({ earned, maxInARow, lengthenRun }: FreezeRules): string {
  return [
    "freezes",
    ...(earned === undefined ? [] : [`one earned for each ${earned.every}, at most ${earned.max}`]),
    ...(maxInARow === undefined ? [] : [`${maxInARow} in a row`]),
    ...(lengthenRun ? ["which lengthen the run"] : []),
  ].join(", ");
}

function cadenceText(cadence: Cadence): string {
  switch (cadence.kind) {
    case "every_day":
      return "every day";
    case "weekdays":
      return cadence.weekdays.map((weekday) => WEEKDAYS[weekday]).join(" ");
    case "days_a_week":
      return `${cadence.days} days a week from ${WEEKDAYS[cadence.weekStart]}`;
    case "days_a_month":
      return `${cadence.days} days a month`;
    case "every_n_days":
      return `every ${cadence.days} days`;
    case "days_in_any":
      return `${cadence.days} in any ${cadence.of} days`;
  }
}

function picture(first: Day, last: Day, done: ReadonlySet<Day>, today: Day): string {
  let marks = "";
  for (let day = first; day <= last; day++) {
    marks += `${day === today ? "|" : ""}${done.has(day) ? "x" : "·"} `;
  }
  return `days from ${isoOf(first)} (${WEEKDAYS[(((first + 3) % 7) + 7) % 7]}): ${marks}`;
}
