import type { Collection } from "mongodb";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "../events.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type KeyDocument, keyDocument } from "./documents.ts";
import { retry } from "./retry.ts";

/** An event that carries an idempotency key. */
export type KeyedEvent = StoredEvent & { readonly idempotencyKey: string };

/** What an idempotency key means, as long as it holds. */
export interface Claim {
  /** The event that claims the key is its first use. */
  readonly isFirst: boolean;
  readonly key: KeyDocument;
}

/**
 * The idempotency keys in use. A key's document holds the event that used it first. So an instance that finds the key
 * can do that event, and a crash between the key and its event loses nothing.
 */
export interface IdempotencyKeys {
  /**
   * Claims the keys of events for 24 hours from `now`, in epoch milliseconds. Returns what each key means from then on.
   * No two of the events share a key.
   */
  claim(events: readonly KeyedEvent[], now: number): Promise<Claim[]>;
  /**
   * Makes a key mean the same event of another user, before anything is done for that user: so a key stands for one
   * user's event at any time. Returns what the key means then.
   */
  repoint(key: KeyDocument, userHash: string): Promise<KeyDocument>;
  /**
   * Makes all keys of a user's events mean another user's. This statement and the search for the keys of a deleted
   * project are the only ones on keys that don't name each `_id`; a router sends them to all shards.
   */
  repointAll(projectId: string, from: string, to: string): Promise<void>;
}

/** Makes the idempotency keys of a database. */
export function createIdempotencyKeys({ idempotencyKeys }: Connection): IdempotencyKeys {
  async function find(wanted: readonly KeyDocument[]): Promise<KeyDocument[]> {
    const ids = wanted.map(({ _id }) => _id);
    return ids.length === 0
      ? []
      : await idempotencyKeys.find({ _id: { $in: ids } }, { batchSize: ids.length + 1 }).toArray();
  }

  return {
    async claim(events, now) {
      const wanted = events.map((event) => keyDocument(event, event.idempotencyKey, now + IDEMPOTENCY_WINDOW_MS));
      const holding = new Map<string, KeyDocument>();
      let open = wanted;
      return await retry(async () => {
        const { inserted } = await sendUpdates(
          idempotencyKeys as unknown as Collection,
          open.map((key) => claimUpdate(key, now)),
        );
        const found = await find(open.filter((_, index) => !inserted.has(index)));
        for (const key of [...open.filter((_, index) => inserted.has(index)), ...found]) {
          holding.set(key._id, key);
        }
        // A key that collided with another first claim, or was removed in this moment, is free: claim it again.
        open = open.filter(({ _id }) => !holds(holding.get(_id), now));
        return open.length === 0
          ? wanted.map(({ _id, id }) => claimOf(holding.get(_id) as KeyDocument, id))
          : undefined;
      });
    },

    async repoint(key, userHash) {
      const { _id, id, u } = key;
      await idempotencyKeys.updateOne({ _id, id, u }, { $set: { u: userHash } });
      const [current] = await find([key]);
      // When another event has it, the key expired in this moment, and no other event goes by it.
      return current?.id === id ? current : { ...key, u: userHash };
    },

    async repointAll(projectId, from, to) {
      await idempotencyKeys.updateMany({ p: projectId, u: from }, { $set: { u: to } });
    },
  };
}

function claimOf(key: KeyDocument, id: string): Claim {
  return { isFirst: key.id === id, key };
}

function holds(key: KeyDocument | undefined, now: number): boolean {
  return key !== undefined && key.expiresAt.getTime() > now;
}

/** Takes a key that is free, or has expired though its document is still there. Leaves a key that holds as it is. */
function claimUpdate(key: KeyDocument, now: number): Update {
  // A field that is missing, as in an upsert, is less than any date.
  const isFree = { $lte: ["$expiresAt", new Date(now)] };
  const update = [{ $replaceWith: { $cond: [isFree, { $literal: key }, "$$ROOT"] } }];
  return { filter: { _id: key._id }, update, upsert: true };
}
