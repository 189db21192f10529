import type { Collection } from "mongodb";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "../events.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, keyId } from "./document-ids.ts";
import { type KeyDocument, keyDocument, keyOf } from "./documents.ts";
import { retry } from "./retry.ts";

/** How many keys are copied at a time. */
const COPIED_AT_ONCE = 500;

/** An event that carries an idempotency key. */
export type KeyedEvent = StoredEvent & { readonly idempotencyKey: string };

/**
 * The idempotency keys in use, each a user's. A key's document holds the event that used it first. So an instance that
 * finds the key can do that event, and a crash between the key and its event loses nothing.
 *
 * The keys of a tombstone are strays. They come from events that were under way when their user became an alias. An
 * instance that does such an event claims the key for the user of today, and does what that key means.
 */
export interface IdempotencyKeys {
  /** Returns what the keys of events mean that are in use at `now`, in epoch milliseconds, by their `_id`. */
  find(events: readonly KeyedEvent[], now: number): Promise<ReadonlyMap<string, KeyDocument>>;
  /**
   * Claims the keys of events for 24 hours from `now`, in epoch milliseconds. Returns what each key means from then on:
   * the event that claims it, or the one that holds it. No two of the events share a user's key.
   */
  claim(events: readonly KeyedEvent[], now: number): Promise<KeyDocument[]>;
  /**
   * Claims keys for other users, each to mean the same event for the same time. A key that its user has already stays
   * as it is, unless it had expired when the given key was claimed. Returns what each key means from then on.
   */
  claimFor(users: readonly string[], keys: readonly KeyDocument[]): Promise<KeyDocument[]>;
  /** Claims all keys of a name for another user, as `claimFor` does. Returns whether the name has keys. */
  copyAll(projectId: string, from: string, to: string): Promise<boolean>;
  /** Deletes all keys of a name. */
  removeAll(projectId: string, name: string): Promise<void>;
}

/** Makes the idempotency keys of a database. */
export function createIdempotencyKeys({ idempotencyKeys }: Connection): IdempotencyKeys {
  async function findAll(ids: readonly string[]): Promise<KeyDocument[]> {
    return ids.length === 0
      ? []
      : await idempotencyKeys.find({ _id: { $in: [...ids] } }, { batchSize: ids.length + 1 }).toArray();
  }

  /** Claims each key that was free when its claim began. Returns the keys that hold now, in the same order. */
  async function take(wanted: readonly KeyDocument[]): Promise<KeyDocument[]> {
    const holding = new Map<string, KeyDocument>();
    let open = wanted;
    return await retry(async () => {
      const { inserted } = await sendUpdates(idempotencyKeys as unknown as Collection, open.map(claimUpdate));
      const found = await findAll(open.filter((_, index) => !inserted.has(index)).map(({ _id }) => _id));
      for (const key of [...open.filter((_, index) => inserted.has(index)), ...found]) {
        holding.set(key._id, key);
      }
      // A key that collided with another first claim, or was removed in this moment, is free: claim it again.
      open = open.filter((key) => !holds(holding.get(key._id), key));
      return open.length === 0 ? wanted.map(({ _id }) => holding.get(_id) as KeyDocument) : undefined;
    });
  }

  return {
    async find(events, now) {
      const found = await findAll(
        events.map(({ projectId, userHash, idempotencyKey: key }) => keyId(projectId, userHash, key)),
      );
      return new Map(found.filter(({ expiresAt }) => expiresAt.getTime() > now).map((key) => [key._id, key]));
    },

    claim: (events, now) =>
      take(events.map((event) => keyDocument(event, event.idempotencyKey, now + IDEMPOTENCY_WINDOW_MS))),

    claimFor: (users, keys) => take(keys.map((key, index) => keyOf(users[index] as string, key))),

    async copyAll(projectId, from, to) {
      const found = idempotencyKeys
        .find(beginningWith(projectId, from), { batchSize: COPIED_AT_ONCE })
        // See the events of a merge.
        .withReadConcern({ level: "local" });
      let hasKeys = false;
      let copies: KeyDocument[] = [];
      for await (const key of found) {
        hasKeys = true;
        copies.push(keyOf(to, key));
        if (copies.length === COPIED_AT_ONCE) {
          await take(copies);
          copies = [];
        }
      }
      if (copies.length > 0) {
        await take(copies);
      }
      return hasKeys;
    },

    async removeAll(projectId, name) {
      await idempotencyKeys.deleteMany(beginningWith(projectId, name));
    },
  };
}

/** When a key was claimed, in epoch milliseconds. */
function claimedAt({ expiresAt }: KeyDocument): number {
  return expiresAt.getTime() - IDEMPOTENCY_WINDOW_MS;
}

/** Whether a key held when the other key was claimed. */
function holds(key: KeyDocument | undefined, other: KeyDocument): boolean {
  return key !== undefined && key.expiresAt.getTime() > claimedAt(other);
}

/** Returns the update that claims a key, if it is free or its document has expired. A key that holds stays as it is. */
function claimUpdate(key: KeyDocument): Update {
  // A field that is missing, as in an upsert, is less than any date.
  const isFree = { $lte: ["$expiresAt", new Date(claimedAt(key))] };
  const update = [{ $replaceWith: { $cond: [isFree, { $literal: key }, "$$ROOT"] } }];
  return { filter: { _id: key._id }, update, upsert: true };
}
