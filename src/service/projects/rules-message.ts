import { create } from "@bufbuild/protobuf";
import {
  Counts,
  type DaysOff as DaysOffMessage,
  DaysOffSchema,
  type FreezeRules as FreezeRulesMessage,
  type HolidayList as HolidayListMessage,
  HolidayListSchema,
  type Rules as RulesMessage,
  RulesSchema,
  type RulesVersion as RulesVersionMessage,
  RulesVersionSchema,
} from "#gen/streak/v1/rules_pb.ts";
import type { UndatedRules, Versions } from "../../domain/change-rules.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import {
  type Cadence,
  type DaysOff,
  EVERY_WEEKDAY,
  type FreezeRules,
  type HolidayList,
  MAX_DAY_START,
} from "../../domain/rules.ts";
import { refusal } from "../../errors.ts";
import { readDate } from "../date.ts";
import { cadenceToMessage, readCadence, readWeekdays, weekdayToMessage } from "./cadence-message.ts";
import { readRepairs, repairsToFields } from "./repairs-message.ts";
import { refuseRepeated } from "./repeated.ts";

/**
 * Reads rules. Whether the project has the lists of holidays that they name is not checked.
 *
 * @param at the path of the field
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readRules(message: RulesMessage, at: string): UndatedRules {
  const cadence = readCadence(message.cadence, `${at}.cadence`);
  const daysOff = readDaysOff(message.daysOff, `${at}.daysOff`);
  const needed = cadence.kind === "weekdays" ? cadence.weekdays : EVERY_WEEKDAY;
  if (needed.every((day) => daysOff.weekdays.includes(day))) {
    throw refusal(
      `${at}.daysOff.weekdays`,
      "has each weekday that the cadence needs, so nothing would ever have to be done. Take one of them out",
    );
  }
  const dayStart = readDayStart(message.dayStart, `${at}.dayStart`);
  const freezes = message.freezes && readFreezes(message.freezes, cadence, message.neverMissTwice, `${at}.freezes`);
  const others = { cadence, hasFreezes: freezes !== undefined };
  const repairs = message.repairs && readRepairs(message.repairs, others, `${at}.repairs`);
  return {
    cadence,
    neverMissTwice: message.neverMissTwice,
    daysOff,
    ...(dayStart > 0 && { dayStart }),
    ...(message.graceMinutes !== undefined && { grace: message.graceMinutes }),
    ...(freezes && { freezes }),
    ...(repairs && { repairs }),
    ...(message.counts === Counts.ACTIONS && { counts: "actions" }),
  };
}

function readFreezes(
  { earnEvery, maxEarned, maxInARow, lengthenRun }: FreezeRulesMessage,
  { kind }: Cadence,
  neverMissTwice: boolean,
  at: string,
): FreezeRules {
  if (kind === "every_n_days" || kind === "days_in_any") {
    throw refusal(
      at,
      `means nothing for the kind ${kind}, since freezes cover days, weeks and months. Leave it out, or choose another kind`,
    );
  }
  if (earnEvery !== undefined && maxEarned === undefined) {
    throw refusal(
      `${at}.maxEarned`,
      "must be given with earnEvery: it says how many earned freezes a user has at most",
    );
  }
  if (maxEarned !== undefined && earnEvery === undefined) {
    throw refusal(
      `${at}.maxEarned`,
      "means nothing without earnEvery, since no freeze is earned then. Leave it out, or say earnEvery",
    );
  }
  if (lengthenRun && neverMissTwice) {
    throw refusal(
      `${at}.lengthenRun`,
      "can't be true together with neverMissTwice: a covered period would count, and an excused one would not, so doing a day could make a streak shorter. Choose one of the two",
    );
  }
  return {
    ...(earnEvery !== undefined && maxEarned !== undefined && { earned: { every: earnEvery, max: maxEarned } }),
    ...(maxInARow !== undefined && { maxInARow }),
    lengthenRun,
  };
}

/** Reads when a day begins, in minutes after midnight. */
function readDayStart(text = "00:00", at: string): number {
  const [, hours, minutes] = /^(\d\d):([0-5]\d)$/.exec(text) ?? [];
  const dayStart = Number(hours) * 60 + Number(minutes);
  if (!(dayStart <= MAX_DAY_START)) {
    throw refusal(at, 'must be a local time from "00:00" to "06:00", such as "04:00"');
  }
  return dayStart;
}

function readDaysOff(message: DaysOffMessage = create(DaysOffSchema), at: string): DaysOff {
  refuseRepeated(message.holidays, (i) => `${at}.holidays[${i}]`);
  return {
    weekdays: readWeekdays(message.weekdays, `${at}.weekdays`),
    dates: readDates(message.dates, `${at}.dates`),
    holidays: [...message.holidays],
  };
}

/**
 * Reads a project's lists of holidays.
 *
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readHolidays(messages: readonly HolidayListMessage[]): readonly HolidayList[] {
  const at = "project.holidays";
  refuseRepeated(
    messages.map(({ name }) => name),
    (i) => `${at}[${i}].name`,
  );
  return messages.map(({ name, dates }, i) => ({ name, dates: readDates(dates, `${at}[${i}].dates`) }));
}

/** Reads dates, and puts them in order. */
function readDates(texts: readonly string[], at: string): Day[] {
  const days = texts.map((text, i) => readDate(text, `${at}[${i}]`));
  refuseRepeated(texts, (i) => `${at}[${i}]`);
  return days.toSorted((a, b) => a - b);
}

/** The fields of a widget's message that tell its rules. */
export interface RulesFields {
  readonly rules?: RulesMessage;
  readonly rulesFrom?: string;
  readonly earlierRules?: RulesVersionMessage[];
}

/** Returns versions as the fields of a widget's message: none while every day counts and nothing else was ever said. */
export function versionsToFields(versions: Versions): RulesFields {
  const newest = versions?.at(-1);
  if (versions === undefined || newest === undefined) {
    return {};
  }
  return {
    rules: rulesToMessage(newest),
    ...(newest.from !== undefined && { rulesFrom: isoDate(newest.from) }),
    earlierRules: versions.slice(0, -1).map((version) =>
      create(RulesVersionSchema, {
        ...(version.from !== undefined && { from: isoDate(version.from) }),
        rules: rulesToMessage(version),
      }),
    ),
  };
}

function rulesToMessage(rules: UndatedRules): RulesMessage {
  const { cadence, neverMissTwice, daysOff, dayStart, grace, freezes, repairs, counts } = rules;
  const { weekdays, dates, holidays } = daysOff;
  const hasDaysOff = weekdays.length + dates.length + holidays.length > 0;
  return create(RulesSchema, {
    cadence: cadenceToMessage(cadence),
    neverMissTwice,
    ...(hasDaysOff && {
      daysOff: { weekdays: weekdays.map(weekdayToMessage), dates: dates.map(isoDate), holidays: [...holidays] },
    }),
    ...(dayStart !== undefined && { dayStart: timeOfDay(dayStart) }),
    ...(grace !== undefined && { graceMinutes: grace }),
    ...(freezes && { freezes: freezesToFields(freezes) }),
    ...(repairs && { repairs: repairsToFields(repairs) }),
    ...(counts && { counts: Counts.ACTIONS }),
  });
}

function freezesToFields({ earned, maxInARow, lengthenRun }: FreezeRules) {
  return {
    ...(earned && { earnEvery: earned.every, maxEarned: earned.max }),
    ...(maxInARow !== undefined && { maxInARow }),
    lengthenRun,
  };
}

/** Writes minutes after midnight as a time, such as `04:00`. */
function timeOfDay(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Returns a list of holidays as the contract's message. */
export function holidaysToMessage({ name, dates }: HolidayList): HolidayListMessage {
  return create(HolidayListSchema, { name, dates: dates.map(isoDate) });
}
