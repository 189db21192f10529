import type { Collection } from "mongodb";
import { isSameZone } from "../../domain/zone.ts";
import type { Attempt } from "./attempt.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import type { EventDocument } from "./documents.ts";
import type { Notes } from "./notes.ts";

/**
 * Creates the function by which attempts take places of other events, after all else is written. An attempt takes a
 * place for its own event if the event that it has found there does not do its day. There are two kinds of such events.
 *
 * Misplaced events: unsettled attempts meet where the first zones of a user are named at the same time. An attempt that
 * has assumed another home zone than the user has got has written its events as events of ordinary days, which they do
 * not do. They stay, since others may have found them there and rely on them. While such a day is not done, nothing
 * reads its event. An attempt of the user's home zone that has found a misplaced event in the place of its own takes
 * the place.
 *
 * Vacated events: they were redated and have another day, see `redating.ts`. They stay for the same reason. Any
 * attempt for a redated user takes their places.
 */
export function createTakePlaces(
  { events }: Connection,
  notes: Notes,
): (attempts: readonly Attempt[]) => Promise<void> {
  async function takePlaces(known: readonly Found[]): Promise<void> {
    const ids = known.map(({ event }) => event._id);
    const stored = await events
      .find({ _id: { $in: ids } }, { projection: { tz: 1, vacated: 1 }, batchSize: ids.length + 1 })
      .withReadConcern({ level: "local" })
      .toArray();
    const storedById = new Map(stored.map((document) => [document._id, document]));
    const taken = known.flatMap((found) => {
      const replaced = replaceIn(found, storedById.get(found.event._id));
      return replaced === undefined ? [] : [{ ...found, replaced }];
    });
    const { refused } = await sendUpdates(
      events as unknown as Collection,
      taken.map(({ replaced }) => replaced),
    );
    for (const [index, { attempt, position }] of taken.entries()) {
      attempt.inserted[position] = !refused.includes(index);
    }
  }

  return async (attempts) => {
    const found = attempts.flatMap((attempt) =>
      attempt.effect.events.flatMap((event, position) =>
        !attempt.inserted[position] && mayTakePlace(attempt, event) ? [{ attempt, position, event }] : [],
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

type Stored = Pick<EventDocument, "tz" | "vacated">;

function mayTakePlace({ isUnsettled, effect }: Attempt, event: EventDocument): boolean {
  return (isUnsettled && isOfHomeZone(event)) || (effect.isRedated === true && isFirst(event));
}

/** Whether an event is of the kind that does a day: no analytics event, repeat or action. */
function isFirst({ type, analyticsId, action }: EventDocument): boolean {
  return type === "streak_interaction" && analyticsId === undefined && action === undefined;
}

/** Whether an event does a day in the home zone of its user, and names that zone. */
function isOfHomeZone(event: EventDocument): boolean {
  return isFirst(event) && event.dayZone === undefined && event.tz !== undefined;
}

/** Returns the update that puts an event in the place of a vacated or misplaced one; undefined where it is neither. */
function replaceIn({ attempt, event }: Found, stored: Stored | undefined): Update | undefined {
  if (stored?.vacated) {
    return replace(event, { vacated: true });
  }
  // An event without a zone is not misplaced: the user had no zone before.
  const { tz } = stored ?? {};
  const isMisplaced = attempt.isUnsettled && isOfHomeZone(event) && tz !== undefined;
  return isMisplaced && !isSameZone(tz, event.tz as string) ? replace(event, { tz }) : undefined;
}

/** Returns the update that puts an event in the place of one with these fields. Refused where another one is there. */
function replace(event: EventDocument, fields: Stored): Update {
  return { filter: { _id: event._id, ...fields }, update: [{ $replaceWith: { $literal: event } }], upsert: true };
}
