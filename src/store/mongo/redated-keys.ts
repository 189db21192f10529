import type { Collection } from "mongodb";
import { isSameZone } from "../../domain/zone.ts";
import type { UserKey } from "../streaks.ts";
import type { DatedEvent, RedatedEvent, Redating } from "../zones.ts";
import { sendUpdates } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { inRange, pagesOf, rangeOfDays } from "./dated-events.ts";
import { beginningWith } from "./document-ids.ts";
import type { KeyDocument } from "./documents.ts";

/**
 * Changes the events in the idempotency keys of a user to what they are after a correction. Without this, an instance
 * that finds a key would do the key's event again, and with it the day that the event has left. The key of an event
 * that was not kept, because its day was done, follows the first event of that day. The key of an event that is not
 * stored yet does so, too, so that this event is stored in the right zone.
 *
 * A key keeps the time of its event, because the user's zone takes its time from there. A key does not have its event
 * kept as a repeat any more: the repeat was kept before, or its batch was cut short, and then a repeat may be missing.
 *
 * @param redatedEvents the events that the correction redates
 */
export type CorrectKeys = (
  user: UserKey & { readonly home: string },
  zones: Pick<Redating, "wrongZone" | "rightZone">,
  redatedEvents: readonly RedatedEvent[],
) => Promise<void>;

/** Creates the function that corrects keys. */
export function createCorrectKeys({ idempotencyKeys }: Connection): CorrectKeys {
  return async ({ projectId, userHash, home }, { wrongZone, rightZone }, redatedEvents) => {
    const range = rangeOfDays(redatedEvents.map(({ event }) => event.day));
    if (range === undefined) {
      return;
    }
    const kept = new Map(redatedEvents.map((redated) => [keptIn(redated.event), redated]));
    const found = await idempotencyKeys
      .find({
        ...beginningWith(projectId, userHash),
        ...{ type: "streak_interaction", day: inRange(range) },
      })
      // A key may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    const updates = found.flatMap((key) => {
      const { _id, id, day, tz, dayZone = tz ?? home } = key;
      const redated = isSameZone(dayZone, wrongZone) ? redatedOf(key, kept) : undefined;
      if (redated === undefined) {
        return [];
      }
      const late = redated.late === true;
      // An event that named no zone does not change the user's zone.
      const zone = tz === undefined ? { dayZone: rightZone } : { tz: rightZone };
      const set = { ...{ day: redated.day, ...zone }, ...(late && { late }) };
      const unset = { ...(tz !== undefined && { dayZone: "" }), keepRepeat: "", ...(!late && { late: "" }) };
      return [{ filter: { _id, id, day }, update: { $set: set, $unset: unset }, upsert: false }];
    });
    for (const page of pagesOf(updates)) {
      await sendUpdates(idempotencyKeys as unknown as Collection, page);
    }
  };
}

/** Returns the kept event that an idempotency key's event is, or that has done its day. */
function redatedOf(key: KeyDocument, kept: ReadonlyMap<string, RedatedEvent>): RedatedEvent | undefined {
  const { event, day, late, action, id } = key;
  const common = { event, day, at: 0 };
  return (
    (action === undefined ? undefined : kept.get(keptIn({ ...common, keptAs: "action", id: action }))) ??
    kept.get(keptIn({ ...common, keptAs: "repeat", id })) ??
    kept.get(keptIn({ ...common, keptAs: "first", ...(late && { late }) }))
  );
}

/** Returns a text that tells an event from all others of its user that the same zone has dated. */
function keptIn({ event, keptAs, day, late, id }: DatedEvent): string {
  return JSON.stringify([event, keptAs, day, keptAs === "first" ? late === true : id]);
}
