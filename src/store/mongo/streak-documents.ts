import type { Document } from "mongodb";
import type { CheckIns } from "../../domain/check-ins.ts";
import type { Day } from "../../domain/day.ts";
import { emptyMonths, hasDay, type Months } from "../../domain/months.ts";
import { checkInsOf, type KindLabel, type OpenCheckIns, ORDINARY } from "../day-kinds.ts";
import type { UserZone } from "../streaks.ts";
import {
  type DayRange,
  type DaysByField,
  eventOfField,
  fieldOf,
  type LedgerField,
  type OthersByField,
  type StreakDocument,
  type ZoneField,
} from "./documents.ts";
import type { Fields } from "./stale-sums.ts";

/** The fields of a document that tell the user's zones, and whether events were redated, for a projection. */
export const ZONES = { zone: 1, home: 1, redated: 1 };

/** The fields of a document that have done days, for a projection. */
export const ALL_DAYS = { days: 1, others: 1 };

/** Returns the fields of a document that have the done days of an event, for a projection. */
export function daysOf(event: string) {
  const field = fieldOf(event);
  return { [`days.${field}`]: 1, [`others.${field}`]: 1 };
}

/** Returns the zone of a document, and the home zone if it is stored, as fields to spread: nothing while none is known. */
export function zonesOf({ zone, home }: Pick<StreakDocument, "zone" | "home"> = {}): {
  zone?: UserZone;
  home?: string;
} {
  return {
    ...(zone !== undefined && { zone: { name: zone.tz, at: zone.at.getTime() } }),
    ...(home !== undefined && { home }),
  };
}

/** Returns whether events of the user of a document were redated, as a field to spread. */
export function isRedatedIn({ redated }: Pick<StreakDocument, "redated"> = {}): { isRedated?: true } {
  return redated === undefined ? {} : { isRedated: true };
}

/** Returns the home zone that a document says; undefined while the user has had no zone. */
export function homeIn({ home, zone }: Pick<StreakDocument, "zone" | "home"> = {}): string | undefined {
  return home ?? zone?.tz;
}

/** The done days of a user's document. */
export type DoneDays = Pick<StreakDocument, "days" | "others">;

/** Returns the done days of an event of a document. */
export function checkInsIn({ days = {}, others = {} }: DoneDays = {}, event: string): CheckIns {
  return checkInsOf(openCheckInsOf(fieldOf(event), days, others));
}

/** Returns all done days of a document, by their events and the labels of their kinds. */
export function openDaysByEventIn({ days = {}, others = {} }: DoneDays = {}): ReadonlyMap<string, OpenCheckIns> {
  const fields = new Set([...Object.keys(days), ...Object.keys(others)]);
  return new Map(Array.from(fields, (field) => [eventOfField(field), openCheckInsOf(field, days, others)]));
}

function openCheckInsOf(field: string, days: DaysByField, others: OthersByField): OpenCheckIns {
  return { days: days[field] ?? {}, others: new Map(Object.entries(others[field] ?? {})) };
}

/** Returns all done days of a document, by their events. */
export function daysByEventIn(document: DoneDays | undefined): ReadonlyMap<string, CheckIns> {
  return new Map(
    openDaysByEventIn(document)
      .entries()
      .map(([event, open]) => [event, checkInsOf(open)]),
  );
}

/** Whether events of this kind have done a day. */
export function isDone({ days, others }: OpenCheckIns, label: KindLabel, day: Day): boolean {
  return hasDay((label === ORDINARY ? days : others.get(label)) ?? emptyMonths, day);
}

/** Returns each month with its done days, once for each event and kind of day. */
export function monthsIn({ days = {}, others = {} }: DoneDays): [string, number][] {
  const ofOthers = Object.values(others).flatMap((kinds) => Object.values(kinds));
  return [...Object.values(days), ...ofOthers].flatMap((months) => Object.entries(months));
}

/** What can be added to a user's document. */
export interface AddedFields {
  readonly days?: DaysByField;
  readonly others?: OthersByField;
  /** Wins unless the user has a later zone. */
  readonly zone?: ZoneField | undefined;
  /** The user's home zone, which is stored if it is not yet. */
  readonly home?: string | undefined;
  /** How often the events that are added were redated. */
  readonly redated?: number | undefined;
  /** The days of a correction of these events that was cut short. */
  readonly unfinished?: DayRange | undefined;
  /** What the actions that are added make wrong. */
  readonly stale?: Fields | undefined;
}

/** Returns the update that adds days and zones to a user's document. */
export function unionWith({ days = {}, others = {}, zone, home, redated, unfinished, stale }: AddedFields) {
  const ofOthers = Object.entries(others).flatMap(([field, kinds]) =>
    Object.entries(kinds).flatMap(([label, months]) => bitsOf(`others.${field}.${label}`, months)),
  );
  const bits = [...Object.entries(days).flatMap(([field, months]) => bitsOf(`days.${field}`, months)), ...ofOthers];
  return {
    ...(bits.length > 0 && { $bit: Object.fromEntries(bits) }),
    ...((zone || redated !== undefined) && {
      $max: {
        ...{ ...(zone && { zone }), ...(redated !== undefined && { redated }) },
        ...(unfinished && { "unfinished.to": unfinished.to }),
      },
    }),
    ...(unfinished && { $min: { "unfinished.from": unfinished.from } }),
    ...(home !== undefined && { $set: { home } }),
    ...(stale && { $unset: stale }),
  };
}

function bitsOf(path: string, months: Months) {
  return Object.entries(months).map(([month, or]) => [`${path}.${month}`, { or }] as const);
}

/**
 * Returns the update that adds an alias's ledger to a user's document. Of two entries with the same id the user's
 * stays.
 */
export function unionWithLedger(ledger: readonly LedgerField[]): Document[] {
  const own = { $ifNull: ["$ledger", []] };
  const ownIds = { $map: { input: own, as: "entry", in: "$$entry.id" } };
  const isNoOwn = { $not: [{ $in: ["$$entry.id", ownIds] }] };
  const others = { $filter: { input: { $literal: ledger }, as: "entry", cond: isNoOwn } };
  return [{ $set: { ledger: { $concatArrays: [own, others] } } }];
}
