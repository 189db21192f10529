import type { UserKey } from "../streak-store.ts";
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
import { untilDone } from "./retry.ts";
import type { Union } from "./unions.ts";

/** What is to become true of a user. It may be so already, in part or as a whole. */
export interface Effect extends Union {
  /** The events to keep, each unless it is kept already. */
  readonly events: readonly EventDocument[];
  /**
   * The user had no document a moment ago. Inserting one is much cheaper than an upsert, above all for many at a time; where
   * that is no longer so the insert is refused, and the upsert comes after it.
   */
  readonly isNew?: boolean;
}

/** What became of an effect. */
export interface Applied {
  /** The user is an alias of another, so nothing was changed. */
  readonly moved: boolean;
  /** Of each event, whether it was not kept before. */
  readonly inserted: readonly boolean[];
}

/** Brings about effects, of one user each. Applying one again changes nothing. */
export type Apply = (effects: readonly Effect[]) => Promise<Applied[]>;

/**
 * Each effect ends with a write to the user's document that fails on a tombstone: what an effect adds was in the document
 * before it became a tombstone, or is not added at all. Events go before it. So those of effects that got through are
 * all there when a user becomes a tombstone, to be merged; those that come later are strays, of effects that fail.
 *
 * A stray is taken back only once the merge is finished: as long as it is not, the stray may be the document of an event
 * that another effect found there and counted on. What is left then, the end of the merge removes.
 */
export function createApply({ streaks, events }: Connection, send: SendBulk): Apply {
  return async (effects) => {
    const { inserted, refused } = await write(effects);
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
      return { moved: tombstone !== undefined, inserted: isInserted };
    });
    if (strays.length > 0) {
      await events.deleteMany({ _id: { $in: strays.map(({ _id }) => _id) } });
    }
    return applied;
  };

  /** Answers of all events whether they were inserted, and which effects were refused, by what tombstone. */
  async function write(
    effects: readonly Effect[],
  ): Promise<{ inserted: readonly boolean[]; refused: ReadonlyMap<Effect, UserStatus> }> {
    const refused = new Map<Effect, UserStatus>();
    let open = effects;
    let sent = await send(effects.flatMap((effect) => effect.events).map(keep), open.map(commitFirst));
    const written = { inserted: sent.inserted, refused };
    if (sent.doubtful.length === 0) {
      return written;
    }
    return await untilDone(async () => {
      const doubtful = sent.doubtful.map((index) => open[index] as Effect);
      const found = await find(doubtful);
      const documentOf = ({ projectId, userHash }: Effect) => found.get(streakId(projectId, userHash));
      open = doubtful.filter((effect) => {
        const document = documentOf(effect);
        if (document?.aliasOf !== undefined) {
          refused.set(effect, document);
        }
        // Two first writes of one user can collide, and the key is then taken by a user after all.
        return document?.aliasOf === undefined && isWritten(effect);
      });
      sent = await send(
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

  /** What there is of these users by now. */
  async function find(users: readonly UserKey[]): Promise<Map<string, UserStatus>> {
    const found = await streaks
      .find<UserStatus>(anyOf(users), { projection: { aliasOf: 1, merging: 1 }, batchSize: users.length + 1 })
      // What refused a write may not have reached the majority yet.
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

/** The commit of a user who is there, as far as is known. */
function commitKnown(effect: Effect): StreakUpdate {
  return isWritten(effect) ? { ...commit(effect), union: effect } : commit(effect);
}

function commit(effect: Effect): StreakUpdate {
  const { projectId, userHash, days, zone } = effect;
  if (!isWritten(effect)) {
    // It changes nothing, and makes no document for those who only look, but a match tells of a tombstone.
    const filter = { ...oneOf(projectId, userHash), aliasOf: { $exists: true } };
    return { filter, update: { $setOnInsert: { days: {} } }, upsert: false };
  }
  return { filter: unlessAlias(projectId, userHash), update: unionWith({ days, zone }), upsert: true };
}

/** Whether the user's document changes: only looking makes none. */
function isWritten({ days, zone }: Effect): boolean {
  return zone !== undefined || Object.keys(days).length > 0;
}
