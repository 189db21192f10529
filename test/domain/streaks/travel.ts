import { type Day, daysFrom } from "./calendar.ts";
import { isJourney } from "./zones.ts";

/** The zones that have dated the events of each done day. */
export type ZonedDays = ReadonlyMap<Day, ReadonlySet<string>>;

/** How many days are bridged at most in how many days in a row. */
const MOST_BRIDGED = 2;
const IN_DAYS = 30;

/** From one done day to the other one, a journey has at most so many days: no two zones are more than 26 hours apart. */
const LONGEST = 3;

/** The missing days that the user has moved east over. Today counts as done in the zone that decides which day is today. */
export function bridgedDays(done: ZonedDays, today?: { readonly day: Day; readonly zone: string }): ReadonlySet<Day> {
  const bridged = new Set<Day>();
  if (today === undefined && [...done.values()].every(({ size }) => size === 0)) {
    return bridged;
  }
  const zones = new Map(done);
  if (today !== undefined) {
    zones.set(today.day, new Set([...(done.get(today.day) ?? []), today.zone]));
  }
  const after = [...zones.keys()].flatMap((day) => daysFrom(day + 1, day + LONGEST - 1));
  const missing = new Set(after.filter((day) => !zones.has(day)));
  for (const day of [...missing].sort((one, other) => one - other)) {
    const isFull = daysFrom(day - IN_DAYS + 1, day - 1).filter((other) => bridged.has(other)).length >= MOST_BRIDGED;
    if (!isFull && isMovedOver(zones, day)) {
      bridged.add(day);
    }
  }
  return bridged;
}

/** Whether there is an event before the day and one after it, between which the user has moved east over the day. */
function isMovedOver(zones: ZonedDays, day: Day): boolean {
  return daysFrom(day - LONGEST + 1, day - 1).some((earlier) =>
    daysFrom(day + 1, earlier + LONGEST).some((later) =>
      [...(zones.get(earlier) ?? [])].some((from) =>
        [...(zones.get(later) ?? [])].some((to) => isJourney(earlier, from, later, to)),
      ),
    ),
  );
}
