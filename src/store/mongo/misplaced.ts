import type { Collection } from "mongodb";
import { isSameZone } from "../../domain/zone.ts";
import type { Attempt } from "./attempt.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import type { EventDocument } from "./documents.ts";
import type { Notes } from "./notes.ts";

/**
 * Makes what has unsettled attempts take the places in which they have found misplaced events, when all else is written.
 *
 * Attempts meet where the first zones of a user are named at the same time. One that has assumed another home zone than
 * the user has got has written events as those of ordinary days, which they do not do. They stay, since others may have
 * found them there and rely on them. While such a day is not done, nothing reads its event. An attempt of the user's
 * home zone that has found one in the place of its own takes the place.
 */
export function createTakePlaces(
  { events }: Connection,
  notes: Notes,
): (attempts: readonly Attempt[]) => Promise<void> {
  async function takePlaces(known: readonly Found[]): Promise<void> {
    const ids = known.map(({ event }) => event._id);
    const stored = await events
      .find({ _id: { $in: ids } }, { projection: { tz: 1 }, batchSize: ids.length + 1 })
      .withReadConcern({ level: "local" })
      .toArray();
    const zoneOf = new Map(stored.map(({ _id, tz }) => [_id, tz]));
    const misplaced = known.filter(({ event }) => isOfOtherZone(zoneOf.get(event._id), event));
    const { refused } = await sendUpdates(
      events as unknown as Collection,
      misplaced.map(({ event }) => replace(event, zoneOf.get(event._id) as string)),
    );
    for (const [index, { attempt, position }] of misplaced.entries()) {
      attempt.inserted[position] = !refused.includes(index);
    }
  }

  return async (attempts) => {
    const found = attempts.flatMap((attempt) =>
      attempt.effect.events.flatMap((event, position) =>
        !attempt.inserted[position] && isOfHomeZone(event) ? [{ attempt, position, event }] : [],
      ),
    );
    if (found.length > 0) {
      const cover = await notes.write(found.map(({ event: { p, u } }) => ({ projectId: p, userHash: u })));
      await takePlaces(found);
      cover.end();
    }
  };
}

/** An event of an attempt that was there already. */
interface Found {
  readonly attempt: Attempt;
  readonly position: number;
  readonly event: EventDocument;
}

/** Whether an event does a day in the home zone of its user, and names that zone. */
function isOfHomeZone({ type, analyticsId, dayZone, tz }: EventDocument): boolean {
  return type === "streak_interaction" && analyticsId === undefined && dayZone === undefined && tz !== undefined;
}

/** Whether a stored event names another zone. One without a zone does not: the user had no zone before. */
function isOfOtherZone(stored: string | undefined, { tz }: EventDocument): boolean {
  return stored !== undefined && tz !== undefined && !isSameZone(stored, tz);
}

/** Returns the update that puts an event in the place of one that names this zone. Refused where another is there. */
function replace(event: EventDocument, tz: string): Update {
  return { filter: { _id: event._id, tz }, update: [{ $replaceWith: { $literal: event } }], upsert: true };
}
