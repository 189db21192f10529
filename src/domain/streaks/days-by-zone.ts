import type { History, OtherDays } from "../check-ins.ts";
import { type Months, union } from "../months.ts";
import { zoneKey } from "../zone.ts";
import type { MonthBits, MonthSpan } from "./days/month-span.ts";

/** The done days with events that were dated in one zone. */
export interface DaysInZone {
  /** Its IANA name. */
  readonly zone: string;
  readonly days: Months;
}

/** Which days late events count for. */
export interface SettledLate {
  readonly span: MonthSpan;
  /** The days whose late events count for their own day. */
  readonly own: MonthBits;
  /** All done days. */
  readonly all: MonthBits;
}

/**
 * Returns the done days by zones. A late event gives its zone to its own day if it counts for that day. It gives its
 * zone to the day before whenever that day is done. Otherwise one more event, which does the day before, could take a
 * zone away from it, and with it a bridge.
 */
export function zonesOf(
  { days, home }: History,
  others: readonly OtherDays[],
  settledLate?: SettledLate,
): { readonly zones?: readonly DaysInZone[] } {
  const ofHome = home === undefined ? undefined : zoneKey(home);
  const keys = others.map(({ zone }) => (zone === undefined ? ofHome : zoneKey(zone)));
  if (ofHome !== undefined && keys.every((key) => key === ofHome)) {
    return {};
  }
  const zones = new Map<string, { zone: string; days: Months }>();
  const add = (key: string | undefined, zone: string | undefined, more: Months) => {
    if (key !== undefined && zone !== undefined) {
      const known = zones.get(key);
      zones.set(key, known ? { ...known, days: union(known.days, more) } : { zone, days: more });
    }
  };
  add(ofHome, home, days);
  for (const [index, { late, zone = home, days: own }] of others.entries()) {
    add(keys[index], zone, late && settledLate ? datedBy(own, settledLate) : own);
  }
  return { zones: [...zones.values()] };
}

/** Returns the done days to which late events give their zone. `days` has the own days of these events. */
function datedBy(days: Months, { span, own, all }: SettledLate): Months {
  const late = span.read([days]);
  const before = span.daysBefore(late);
  const dated = late.map(
    (bits, index) => (bits & (own[index] as number)) | ((before[index] as number) & (all[index] as number)),
  );
  return span.write(dated);
}
