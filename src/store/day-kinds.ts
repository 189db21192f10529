import type { CheckIns, OtherDaysKind } from "../domain/check-ins.ts";
import type { Day } from "../domain/day.ts";
import { hasDay, type Months } from "../domain/months.ts";
import { canonicalZone, isSameZone } from "../domain/zone.ts";
import type { StoredEvent } from "./events.ts";
import type { UserZone } from "./streaks.ts";

/**
 * Which kind of day an event does, as stores and the dedupe cache write it: the empty text for an ordinary day, whose
 * event was in time and dated in the user's home zone; else `late@`, `@Europe/Paris` or `late@Europe/Paris`. In the
 * order of their labels, the ordinary kind comes first, and those in time come before the late ones.
 *
 * Labels have the canonical names of zones, so that two names of a zone don't make two kinds. Another version of Node may
 * prefer another name (`Asia/Kolkata` for `Asia/Calcutta`). Then a zone gets a second label, and a day that is done under
 * both has two events. This only costs: both labels stand for the same dates, and what is read of them is united.
 */
export type KindLabel = string;

/** The label of ordinary days. */
export const ORDINARY: KindLabel = "";

const LATE = "late";

/** Returns a user's home zone; undefined while the user has had no zone. See `StreakRecord`. */
export function homeOf({ home, zone }: { readonly home?: string; readonly zone?: UserZone }): string | undefined {
  return home ?? zone?.name;
}

/** Whether an event was dated in another zone than the user's home zone, by whichever names. */
export function isAbroad({ dayZone }: Pick<StoredEvent, "dayZone">, home: string | undefined): boolean {
  return dayZone !== undefined && home !== undefined && !isSameZone(dayZone, home);
}

/** Returns the label of the kind of day that an event does for a user with this home zone. */
export function labelOf(event: Pick<StoredEvent, "dayZone" | "late">, home: string | undefined): KindLabel {
  const { late = false, dayZone } = event;
  return isAbroad(event, home)
    ? labelOfKind({ late, zone: canonicalZone(dayZone as string) })
    : late
      ? labelOfKind({ late })
      : ORDINARY;
}

/** Returns the label of a kind of day. */
export function labelOfKind({ late, zone = "" }: OtherDaysKind): KindLabel {
  return late || zone ? `${late ? LATE : ""}@${zone}` : ORDINARY;
}

/** Returns what a label says of an event. */
export function kindOf(label: KindLabel): OtherDaysKind {
  const zone = label.slice(label.indexOf("@") + 1);
  return { late: label.startsWith(LATE), ...(zone !== "" && { zone }) };
}

/** The same as fields of an event, to spread: nothing for the ordinary kind. */
export function fieldsOfKind(label: KindLabel): Pick<StoredEvent, "dayZone" | "late"> {
  const { late, zone } = kindOf(label);
  return { ...(late && { late }), ...(zone !== undefined && { dayZone: zone }) };
}

/**
 * Returns the label that days of an alias have as days of its user.
 *
 * @param aliasHome the home zone of the alias, which it has had until it was linked
 * @param home that of the user; undefined while the user has had no zone, and then gets that of the alias
 */
export function labelAfterLink(label: KindLabel, aliasHome: string | undefined, home: string | undefined): KindLabel {
  const { late, zone: dayZone = aliasHome } = kindOf(label);
  return labelOf({ ...(late && { late }), ...(dayZone !== undefined && { dayZone }) }, home ?? aliasHome);
}

/**
 * Returns the home zone that must be stored for a user when an alias is merged into the user: that of the user, if there
 * is one. Undefined while both have had one zone at most, and the same one.
 */
export function homeAfterLink(alias: HomeAndZone, user: HomeAndZone): string | undefined {
  const [aliasHome, home] = [homeOf(alias), homeOf(user)];
  const isSame = aliasHome === undefined || home === undefined || isSameZone(aliasHome, home);
  return isSame && alias.home === undefined && user.home === undefined ? undefined : (home ?? aliasHome);
}

/** A user's zone, and the home zone where that is stored. */
interface HomeAndZone {
  readonly home?: string;
  readonly zone?: UserZone;
}

/** Returns the days of each kind with its label, the ordinary ones first. */
export function kindsOf({ days, others = [] }: CheckIns): { readonly label: KindLabel; readonly days: Months }[] {
  return [{ label: ORDINARY, days }, ...others.map((other) => ({ label: labelOfKind(other), days: other.days }))];
}

/** Days that are put together month by month. */
export interface OpenCheckIns {
  readonly days: Record<string, number>;
  readonly others: Map<KindLabel, Record<string, number>>;
}

/** Returns no days. */
export function openCheckIns(): OpenCheckIns {
  return { days: {}, others: new Map() };
}

/** Adds the days of a month that are not there yet. */
export function addMonth({ days, others }: OpenCheckIns, label: KindLabel, month: string, bits: number): void {
  if (label === ORDINARY) {
    days[month] = bits;
    return;
  }
  const months = others.get(label) ?? {};
  months[month] = bits;
  others.set(label, months);
}

/** Whether a day is done, too, by events of a kind whose label comes before this one. */
export function isDoneBefore({ days, others }: OpenCheckIns, label: KindLabel, day: Day): boolean {
  const isDone = label !== ORDINARY && hasDay(days, day);
  return isDone || others.entries().some(([other, months]) => other < label && hasDay(months, day));
}

/** Returns the days that were put together, those of other kinds in the order of their labels. */
export function checkInsOf({ days, others }: OpenCheckIns): CheckIns {
  return others.size === 0 ? { days } : { days, others: othersOf(others) };
}

function othersOf(others: OpenCheckIns["others"]): CheckIns["others"] & {} {
  return [...others]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([label, days]) => ({ ...kindOf(label), days }));
}
