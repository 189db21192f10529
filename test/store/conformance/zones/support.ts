import type { Day } from "#src/domain/day.ts";
import type { DayStarts } from "#src/domain/day-start.ts";
import { redate } from "#src/domain/redating.ts";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import type { UserKey } from "#src/store/streaks.ts";
import type { DatedEvent, Redating } from "#src/store/zones.ts";
import { inRedatingOrder } from "#src/store/zones.ts";
import { checkIn, DAY, DAY_MS } from "../fixture.ts";

const HOUR_MS = 60 * 60 * 1000;

export const [UTC, TOKYO, PARIS, NEW_YORK] = ["UTC", "Asia/Tokyo", "Europe/Paris", "America/New_York"];

export const ANN: UserKey = { projectId: "p1", userHash: "ann" };

/** Days of one kind, as a record has them. */
export const inZone = (zone: string, days: object) => ({ late: false, zone, days });

/** When a clock of UTC shows an hour of a day. */
export function hour(hours: number, day = DAY): number {
  return day * DAY_MS + hours * HOUR_MS;
}

/** A check-in of `ann` that UTC has dated, at an hour of a day. */
export function atHour(hours: number, day = DAY, fields: Partial<StoredEvent> = {}): StoredEvent {
  return checkIn({ day, at: hour(hours, day), tz: UTC, ...fields });
}

/** What a correction is about. */
export interface Correction {
  readonly wrong?: string;
  readonly right?: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly dayStarts?: DayStarts;
  /** Whether the user's zone is corrected, too. Without it, it is. */
  readonly isZoneCorrected?: boolean;
}

/** Returns the events that a zone has dated, in the order of their times. */
export async function datedBy(
  store: Stores,
  zone: string,
  { from, to }: Correction = {},
  user = ANN,
): Promise<readonly DatedEvent[]> {
  const dated = await store.zones.readDated(user, { zone, from, to });
  return (dated?.events ?? []).toSorted((a, b) => a.at - b.at || rank(a) - rank(b));
}

const rank = ({ keptAs }: DatedEvent) => ["first", "repeat", "action"].indexOf(keptAs);

/** Returns what a correction makes of the events that were dated in the wrong zone: those of UTC are of Tokyo, as a rule. */
export async function planOf(store: Stores, correction: Correction = {}, user = ANN): Promise<Redating> {
  const { wrong = UTC, right = TOKYO, dayStarts, isZoneCorrected = true } = correction;
  const events = await datedBy(store, wrong, correction, user);
  const redated = events.map((event) => ({ event, ...redate(event, wrong, right, dayStarts) }));
  return { wrongZone: wrong, rightZone: right, events: inRedatingOrder(redated), isZoneCorrected };
}

/** Corrects a zone, as the service does. */
export async function correct(store: Stores, correction: Correction = {}, user = ANN): Promise<boolean> {
  return await store.zones.redate(user, await planOf(store, correction, user));
}
