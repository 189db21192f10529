import type { CheckIns, OtherDaysKind } from "./check-ins.ts";
import { type Day, dayOf } from "./day.ts";
import { type DayStarts, dateEvent, type EventDay } from "./day-start.ts";
import { type Months, monthsOf, runsOf } from "./months.ts";
import { canonicalZone } from "./zone.ts";
import { datesIn } from "./zone-dates.ts";

/** When an event happened, and the day that a zone has given it. */
export interface Dated extends EventDay {
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Returns an event with the day that it belongs to in the right zone, after a wrong one has dated it: see
 * `docs/rules.md`, "Correcting a zone".
 *
 * A date alone keeps its date, and its time becomes the first moment of the date in the right zone, so that another
 * correction knows it as a date alone. All other events keep their times.
 *
 * @param wrongZone the IANA name of the zone that has dated it
 * @param rightZone the IANA name of the zone that should have dated it
 * @param dayStarts undefined where days begin at midnight, and have no grace
 * @param isDateAlone what is known of it; see {@link looksLikeDateAlone}
 * @throws RangeError when one of the zones is not an IANA name; see `isZone`
 */
export function redate(
  event: Dated,
  wrongZone: string,
  rightZone: string,
  dayStarts: DayStarts | undefined,
  isDateAlone = looksLikeDateAlone(event, wrongZone),
): Dated {
  const { day, at } = event;
  return isDateAlone ? { day, at: datesIn(rightZone).startOf(day) } : { ...dateEvent(at, rightZone, dayStarts), at };
}

/**
 * Whether an event is taken for a date alone where nothing tells: if its day is the date on which it happened, if it
 * happened at the first moment of this date, and if it is not late.
 */
function looksLikeDateAlone({ day, late, at }: Dated, zone: string): boolean {
  return !late && dayOf(at, zone) === day && at === datesIn(zone).startOf(day);
}

/** The day that a correction takes from an event, and the day that it gives the event. They may be the same. */
export interface RedatedDay {
  readonly from: EventDay;
  readonly to: EventDay;
  /** Whether the event is kept as the first event of `from`, so that this day is not done when the event has gone. */
  readonly isFirst: boolean;
}

/**
 * Returns the done days of a user after events were redated.
 *
 * @param home the IANA name of the user's home zone, before and after
 */
export function checkInsAfterRedating(
  { days, others = [] }: CheckIns,
  home: string,
  { wrongZone, rightZone }: { readonly wrongZone: string; readonly rightZone: string },
  redatedDays: readonly RedatedDay[],
): CheckIns {
  const kinds = new Map<string, { readonly kind: OtherDaysKind; readonly done: Set<Day> }>();
  const doneOf = ({ late, zone = home }: OtherDaysKind): Set<Day> => {
    const key = `${late} ${canonicalZone(zone)}`;
    const known = kinds.get(key) ?? { kind: { late, zone }, done: new Set<Day>() };
    kinds.set(key, known);
    return known.done;
  };
  const ordinary = doneOf({ late: false });
  for (const { days: more, ...kind } of [{ late: false, days }, ...others]) {
    addAll(doneOf(kind), more);
  }
  for (const { from } of redatedDays.filter(({ isFirst }) => isFirst)) {
    doneOf({ late: from.late === true, zone: wrongZone }).delete(from.day);
  }
  for (const { to } of redatedDays) {
    doneOf({ late: to.late === true, zone: rightZone }).add(to.day);
  }
  const rest = [...kinds.values()].filter(({ done }) => done !== ordinary && done.size > 0);
  return {
    days: monthsOf(ordinary),
    ...(rest.length > 0 && { others: rest.map(({ kind, done }) => ({ ...kind, days: monthsOf(done) })) }),
  };
}

function addAll(done: Set<Day>, months: Months): void {
  for (const { first, length } of runsOf(months)) {
    for (let day = first; day < first + length; day++) {
      done.add(day);
    }
  }
}
