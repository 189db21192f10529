import type { UserKey } from "../streaks.ts";
import type { SendBulk, StreakUpdate, Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import {
  anyOf,
  type EventDocument,
  oneOf,
  type StreakDocument,
  streakId,
  unionWith,
  unlessAlias,
} from "./documents.ts";
import type { Cover } from "./note-window.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";
import type { Union } from "./unions.ts";

/** What is to become true of a user. It may be true already, in part or as a whole. */
export interface Effect extends Union {
  /** The events to keep, unless they are kept already. */
  readonly events: readonly EventDocument[];
  /**
   * The user had no document a moment ago. An insert is much cheaper than an upsert, above all for many users at a
   * time. When the user has a document by now, the insert is refused and an upsert follows.
   */
  readonly isNew?: boolean;
}

/** What became of an effect. */
export interface Applied {
  /** The user is an alias of another user, so nothing was changed. */
  readonly isAlias: boolean;
  /** For each event, whether it was not kept before. */
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
 * Each bulk carries the notes that its users still need: see `notes.ts`. They stay covered until everything is
 * done, including the deletion of strays.
 */
export function createApply({ streaks, events }: Connection, send: SendBulk, notes: Notes): Apply {
  return async (effects) => {
    const covers: Cover[] = [];
    const { inserted, refused } = await write(effects, covers);
    let next = 0;
    const strays: EventDocument[] = [];
    const applied = effects.map((effect): Applied => {
      const from = next;
      next += effect.events.length;
      const isInserted = inserted.slice(from, next);
      const tombstone = refused.get(effect);
      if (tombstone !== undefined && !tombstone.merging) {
        strays.push(...effect.events.filter((_, position) => isInserted[position]));
      }
      return { isAlias: tombstone !== undefined, inserted: isInserted };
    });
    if (strays.length > 0) {
      await events.deleteMany({ _id: { $in: strays.map(({ _id }) => _id) } });
    }
    for (const cover of covers) {
      cover.end();
    }
    return applied;
  };

  /**
   * Returns whether each event was inserted, and which effects were refused, each with its tombstone.
   *
   * @param covers gets what covers the users of each bulk
   */
  async function write(
    effects: readonly Effect[],
    covers: Cover[],
  ): Promise<{ inserted: readonly boolean[]; refused: ReadonlyMap<Effect, UserStatus> }> {
    const sendCovered = async (
      users: readonly Effect[],
      kept: readonly EventDocument[],
      own: readonly StreakUpdate[],
    ) => {
      const cover = await notes.cover(users);
      covers.push(cover);
      const done = await send(cover.notes, kept.map(keep), own);
      cover.markWritten();
      return done;
    };
    const refused = new Map<Effect, UserStatus>();
    let open = effects;
    let sent = await sendCovered(
      effects,
      effects.flatMap((effect) => effect.events),
      open.map(commitFirst),
    );
    const written = { inserted: sent.inserted, refused };
    if (sent.doubtful.length === 0) {
      return written;
    }
    return await retry(async () => {
      const doubtful = sent.doubtful.map((index) => open[index] as Effect);
      const found = await find(doubtful);
      const documentOf = ({ projectId, userHash }: Effect) => found.get(streakId(projectId, userHash));
      open = doubtful.filter((effect) => {
        const document = documentOf(effect);
        if (document?.aliasOf !== undefined) {
          refused.set(effect, document);
        }
        // Two first writes of one user can collide. Then the key is taken, but by a user.
        return document?.aliasOf === undefined && isWritten(effect);
      });
      sent = await sendCovered(
        open,
        [],
        open.map((effect) => (documentOf(effect) === undefined ? commit(effect) : commitKnown(effect))),
      );
      return sent.doubtful.length === 0 ? written : undefined;
    });
  }

  function commitFirst(effect: Effect): StreakUpdate {
    if (!effect.isNew || !isWritten(effect)) {
      return commitKnown(effect);
    }
    const { projectId, userHash, days, zone } = effect;
    return { ...commit(effect), document: { ...oneOf(projectId, userHash), days, ...(zone && { zone }) } };
  }

  /** Returns the documents that these users have by now, by `_id`. */
  async function find(users: readonly UserKey[]): Promise<Map<string, UserStatus>> {
    const found = await streaks
      .find<UserStatus>(anyOf(users), { projection: { aliasOf: 1, merging: 1 }, batchSize: users.length + 1 })
      // The document that refused a write may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    return new Map(found.map((document) => [document._id, document]));
  }
}

/** What is read of a user whose write was refused. */
type UserStatus = Pick<StreakDocument, "_id" | "aliasOf" | "merging">;

function keep(document: EventDocument): Update {
  const { _id, p, u, ...fields } = document;
  return { filter: { _id, p, u }, update: { $setOnInsert: fields }, upsert: true, document };
}

/** The commit for a user who has a document, as far as is known. */
function commitKnown(effect: Effect): StreakUpdate {
  return isWritten(effect) ? { ...commit(effect), union: effect } : commit(effect);
}

function commit(effect: Effect): StreakUpdate {
  const { projectId, userHash, days, zone } = effect;
  if (!isWritten(effect)) {
    // It changes nothing, and makes no document for a user with analytics events only, but a match tells of a
    // tombstone.
    const filter = { ...oneOf(projectId, userHash), aliasOf: { $exists: true } };
    return { filter, update: { $setOnInsert: { days: {} } }, upsert: false };
  }
  return { filter: unlessAlias(projectId, userHash), update: unionWith({ days, zone }), upsert: true };
}

/** Whether the effect changes the user's document: analytics events alone don't. */
function isWritten({ days, zone }: Effect): boolean {
  return zone !== undefined || Object.keys(days).length > 0;
}
