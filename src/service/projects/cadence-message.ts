import { create } from "@bufbuild/protobuf";
import {
  CadenceKind,
  type Cadence as CadenceMessage,
  CadenceSchema,
  Weekday as WeekdayMessage,
} from "#gen/streak/v1/rules_pb.ts";
import {
  type Cadence,
  MAX_DAYS_A_MONTH,
  MAX_DAYS_A_WEEK,
  MAX_WINDOW,
  MIN_WINDOW,
  type Weekday,
} from "../../domain/rules.ts";
import { refusal } from "../../errors.ts";
import { refuseRepeated } from "./repeated.ts";

type Kind = Cadence["kind"];
type Field = "days" | "of" | "weekdays" | "weekStart";

/** The kinds of cadence, each with the fields that it has beside its kind. */
const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  every_day: [],
  weekdays: ["weekdays"],
  days_a_week: ["days", "weekStart"],
  days_a_month: ["days"],
  every_n_days: ["days"],
  days_in_any: ["days", "of"],
};

const kindToMessage = {
  every_day: CadenceKind.EVERY_DAY,
  weekdays: CadenceKind.WEEKDAYS,
  days_a_week: CadenceKind.DAYS_A_WEEK,
  days_a_month: CadenceKind.DAYS_A_MONTH,
  every_n_days: CadenceKind.EVERY_N_DAYS,
  days_in_any: CadenceKind.DAYS_IN_ANY,
} as const;

const kinds = new Map<CadenceKind, Kind>((Object.keys(FIELDS) as Kind[]).map((kind) => [kindToMessage[kind], kind]));

/** The kind of a cadence that names none. The checks refuse values that the contract does not know. */
const DEFAULT_KIND: Kind = "every_day";

/** The weekdays as the contract has them, in the order of the domain's numbers. */
const WEEKDAYS = [
  [WeekdayMessage.MONDAY, "monday"],
  [WeekdayMessage.TUESDAY, "tuesday"],
  [WeekdayMessage.WEDNESDAY, "wednesday"],
  [WeekdayMessage.THURSDAY, "thursday"],
  [WeekdayMessage.FRIDAY, "friday"],
  [WeekdayMessage.SATURDAY, "saturday"],
  [WeekdayMessage.SUNDAY, "sunday"],
] as const;

/** The first day of a week when a cadence does not say. */
const DEFAULT_WEEK_START = WeekdayMessage.MONDAY;

/**
 * Reads a cadence.
 *
 * @param at the path of the field
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readCadence(message: CadenceMessage = create(CadenceSchema), at: string): Cadence {
  const kind = kinds.get(message.kind) ?? DEFAULT_KIND;
  refuseForeignFields(message, kind, at);

  function readNumber(field: "days" | "of", least: number, most: number): number {
    const number = message[field];
    if (number < least || number > most) {
      throw refusal(`${at}.${field}`, `must be a number from ${least} to ${most} for the kind ${kind}`);
    }
    return number;
  }

  switch (kind) {
    case "every_day":
      return { kind };
    case "weekdays":
      if (message.weekdays.length === 0) {
        throw refusal(`${at}.weekdays`, 'must have at least one weekday for the kind weekdays, such as "monday"');
      }
      return { kind, weekdays: readWeekdays(message.weekdays, `${at}.weekdays`) };
    case "days_a_week":
      return {
        kind,
        days: readNumber("days", 1, MAX_DAYS_A_WEEK),
        weekStart: weekdayOf(message.weekStart || DEFAULT_WEEK_START),
      };
    case "days_a_month":
      return { kind, days: readNumber("days", 1, MAX_DAYS_A_MONTH) };
    case "every_n_days":
      return { kind, days: readNumber("days", MIN_WINDOW, MAX_WINDOW) };
    case "days_in_any": {
      const [days, of] = [readNumber("days", 1, MAX_WINDOW), readNumber("of", MIN_WINDOW, MAX_WINDOW)];
      if (of < days) {
        throw refusal(`${at}.of`, `must be at least days, ${days}: no ${of} days have so many done days`);
      }
      return { kind, days, of };
    }
  }
}

/** Without this, a field that the kind does not have would be lost without a word. */
function refuseForeignFields(message: CadenceMessage, kind: Kind, at: string): void {
  const isGiven: Readonly<Record<Field, boolean>> = {
    days: message.days !== 0,
    of: message.of !== 0,
    weekdays: message.weekdays.length > 0,
    weekStart: message.weekStart !== WeekdayMessage.UNSPECIFIED,
  };
  for (const field of Object.keys(isGiven) as Field[]) {
    if (isGiven[field] && !FIELDS[kind].includes(field)) {
      const isDefault = message.kind === CadenceKind.UNSPECIFIED ? ", which is the kind when none is given" : "";
      const others = (Object.keys(FIELDS) as Kind[]).filter((each) => FIELDS[each].includes(field));
      throw refusal(
        `${at}.${field}`,
        `means nothing for the kind ${kind}${isDefault}. Leave it out, or choose a kind that has it: ${others.join(", ")}`,
      );
    }
  }
}

/** Returns a cadence as the contract's message. */
export function cadenceToMessage(cadence: Cadence): CadenceMessage {
  return create(CadenceSchema, {
    kind: kindToMessage[cadence.kind],
    ...("days" in cadence && { days: cadence.days }),
    ...("of" in cadence && { of: cadence.of }),
    ...("weekdays" in cadence && { weekdays: cadence.weekdays.map(weekdayToMessage) }),
    ...("weekStart" in cadence && { weekStart: weekdayToMessage(cadence.weekStart) }),
  });
}

/**
 * Reads weekdays, and puts them in order.
 *
 * @param at the path of the field
 * @throws StreakdError INVALID_BODY for what is no weekday, or is there twice
 */
export function readWeekdays(values: readonly WeekdayMessage[], at: string): Weekday[] {
  const weekdays = values.map(weekdayOf);
  const unknown = weekdays.indexOf(-1);
  if (unknown >= 0) {
    throw refusal(`${at}[${unknown}]`, 'must be a weekday, such as "monday"');
  }
  refuseRepeated(
    weekdays.map((day) => WEEKDAYS[day]?.[1] ?? ""),
    (i) => `${at}[${i}]`,
  );
  return weekdays.toSorted((a, b) => a - b);
}

/** Returns -1 for a value that names no weekday. */
function weekdayOf(value: WeekdayMessage): Weekday {
  return WEEKDAYS.findIndex(([each]) => each === value);
}

/** Returns a weekday as the contract's enum has it. */
export function weekdayToMessage(weekday: Weekday): WeekdayMessage {
  return WEEKDAYS[weekday]?.[0] ?? WeekdayMessage.UNSPECIFIED;
}
