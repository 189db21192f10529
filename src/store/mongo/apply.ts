import type { UserKey } from "../streaks.ts";
import { Attempt, type Effect, type UserStatus } from "./attempt.ts";
import type { SendBulk, StreakUpdate, Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { streakId } from "./document-ids.ts";
import { anyOf, type EventDocument, oneOf, unlessAlias } from "./documents.ts";
import { createTakePlaces } from "./misplaced.ts";
import type { Cover } from "./note-window.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";
import { unionWith, ZONES } from "./streak-documents.ts";

/** What became of an effect. */
export interface Applied {
  /** The user is an alias of another user, so nothing was changed. */
  readonly isAlias: boolean;
  /** The user's home zone, where it is not the assumed one: what was done is what `under` returned. */
  readonly otherHome?: string;
  /** For each event of what was done, whether it was not kept before. */
  readonly inserted: readonly boolean[];
}

/** Applies effects, each of one user. Applying an effect again changes nothing. */
export type Apply = (effects: readonly Effect[]) => Promise<Applied[]>;

/**
 * Makes what applies effects. Each effect ends with a write to the user's document that fails on a tombstone. So what
 * an effect adds is in the document before it becomes a tombstone, or is not added at all. Events are written before
 * that write: when a user becomes a tombstone, the events of every effect that got through are there to be merged.
 * Events that come later are strays, of effects that fail.
 *
 * A stray is deleted only when the merge is finished. Until then it may be the document of an event that another effect
 * found and counted on. Strays that are left after that are removed at the end of the merge.
 *
 * A user's home zone decides which days of which kind an event does. It never changes once there is one, so an effect
 * that knows it needs no guard. An effect that assumes one fails where the user has a zone by now. If that is another
 * one, the effect is written anew. What it wrote before stays, and does nothing: see `misplaced.ts`.
 *
 * Each bulk carries the notes that its users still need: see `notes.ts`. They stay covered until everything is
 * done, including the deletion of strays.
 */
export function createApply(connection: Connection, send: SendBulk, notes: Notes): Apply {
  const { streaks, events } = connection;
  const takePlaces = createTakePlaces(connection, notes);

  return async (effects) => {
    const covers: Cover[] = [];
    const attempts = effects.map((effect) => new Attempt(effect));
    await write(attempts, covers);
    const strays = attempts.flatMap(({ effect, inserted, tombstone }) =>
      tombstone === undefined || tombstone.merging ? [] : effect.events.filter((_, position) => inserted[position]),
    );
    if (strays.length > 0) {
      await events.deleteMany({ _id: { $in: strays.map(({ _id }) => _id) } });
    }
    await takePlaces(attempts.filter(({ tombstone }) => tombstone === undefined));
    for (const cover of covers) {
      cover.end();
    }
    return attempts.map(({ inserted, tombstone, otherHome }): Applied => {
      const isAlias = tombstone !== undefined;
      return { isAlias, inserted: inserted.map(Boolean), ...(otherHome !== undefined && { otherHome }) };
    });
  };

  /**
   * Makes attempts until each is done, or refused by a tombstone.
   *
   * @param covers gets what covers the users of each bulk
   */
  async function write(attempts: readonly Attempt[], covers: Cover[]): Promise<void> {
    /** Writes the events that the attempts have not written, then commits. Returns the attempts that are in doubt. */
    const sendCovered = async (open: readonly Attempt[], commits: readonly StreakUpdate[]) => {
      const cover = await notes.cover(open.map(({ effect }) => effect));
      covers.push(cover);
      const kept = open.flatMap((attempt) => attempt.unwritten().map((position) => ({ attempt, position })));
      const documents = kept.map(({ attempt, position }) => attempt.effect.events[position] as EventDocument);
      const { inserted, doubtful } = await send(cover.notes, documents.map(keep), commits);
      cover.markWritten();
      for (const [index, { attempt, position }] of kept.entries()) {
        attempt.inserted[position] = inserted[index] as boolean;
      }
      return doubtful.map((index) => open[index] as Attempt);
    };

    let doubtful = await sendCovered(attempts, attempts.map(commitFirst));
    if (doubtful.length > 0) {
      await retry(async () => {
        const found = await find(doubtful.map(({ effect }) => effect));
        const open: Attempt[] = [];
        const commits: StreakUpdate[] = [];
        for (const attempt of doubtful) {
          const document = found.get(streakId(attempt.effect.projectId, attempt.effect.userHash));
          attempt.learn(document);
          // Two first writes of one user can collide. Then the key is taken, but by a user.
          if (attempt.tombstone === undefined && isWritten(attempt.effect)) {
            open.push(attempt);
            commits.push(document === undefined ? commit(attempt) : commitKnown(attempt));
          }
        }
        doubtful = await sendCovered(open, commits);
        return doubtful.length === 0 ? true : undefined;
      });
    }
  }

  /** Returns the documents that these users have by now, by `_id`. */
  async function find(users: readonly UserKey[]): Promise<Map<string, UserStatus>> {
    const projection = { aliasOf: 1, merging: 1, ...ZONES };
    const found = await streaks
      .find<UserStatus>(anyOf(users), { projection, batchSize: users.length + 1 })
      // The document that refused a write may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    return new Map(found.map((document) => [document._id, document]));
  }
}

function keep(document: EventDocument): Update {
  const { _id, p, u, ...fields } = document;
  return { filter: { _id, p, u }, update: { $setOnInsert: fields }, upsert: true, document };
}

function commitFirst(attempt: Attempt): StreakUpdate {
  const { projectId, userHash, days, others, zone, home, isNew } = attempt.effect;
  if (!isNew || !isWritten(attempt.effect)) {
    return commitKnown(attempt);
  }
  const fields = { days, ...(others && { others }), ...(zone && { zone }), ...(home !== undefined && { home }) };
  return { ...commit(attempt), document: { ...oneOf(projectId, userHash), ...fields } };
}

/** The commit for a user who has a document, as far as is known. */
function commitKnown(attempt: Attempt): StreakUpdate {
  const { effect, assumedHome } = attempt;
  // Users who share statements get their zones first: no moment must lie between that and a home zone.
  const { home, redated } = effect;
  const isShared = isWritten(effect) && assumedHome === undefined && home === undefined && redated === undefined;
  return isShared ? { ...commit(attempt), union: effect } : commit(attempt);
}

function commit({ effect, assumedHome }: Attempt): StreakUpdate {
  const { projectId, userHash } = effect;
  if (!isWritten(effect)) {
    // It changes nothing, and makes no document for a user with analytics events only, but a match tells of a
    // tombstone.
    const filter = { ...oneOf(projectId, userHash), aliasOf: { $exists: true } };
    return { filter, update: { $setOnInsert: { days: {} } }, upsert: false };
  }
  const filter = { ...unlessAlias(projectId, userHash), ...(assumedHome && HAS_NO_ZONE) };
  return { filter, update: unionWith(effect), upsert: true };
}

/** A filter for users who have had no zone. */
const HAS_NO_ZONE = { zone: { $exists: false }, home: { $exists: false } };

/** Whether the effect changes the user's document: analytics events alone don't. */
function isWritten({ days, others, zone }: Effect): boolean {
  return zone !== undefined || others !== undefined || Object.keys(days).length > 0;
}
