import type { Collection } from "mongodb";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "../streak-store.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type IntentDocument, intentDocument } from "./documents.ts";
import { untilDone } from "./retry.ts";

/** An event that carries an idempotency key. */
export type KeyedEvent = StoredEvent & { readonly idempotencyKey: string };

/** What an idempotency key means, as long as it holds. */
export interface Claim {
  /** It is the event's own: nobody used the key before. */
  readonly own: boolean;
  readonly intent: IntentDocument;
}

/**
 * The idempotency keys in use. A key is an intent: it says what its first event was about to do, so that whoever finds
 * the key can do it, and a crash between the key and what it stands for loses nothing.
 */
export interface IdempotencyKeys {
  /**
   * Claims the keys of events for 24 hours from `now`, in epoch milliseconds, and answers what each key means from then
   * on. No two of the events share a key.
   */
  claim(events: readonly KeyedEvent[], now: number): Promise<Claim[]>;
  /**
   * Makes a key mean the same event of another user. It is done before anything is done for that user, so that a key
   * stands for one user's event at any time. Answers what the key means then.
   */
  repoint(intent: IntentDocument, userHash: string): Promise<IntentDocument>;
  /**
   * Makes all keys of a user's events another's. Of the statements on keys, this and the search for those of a deleted
   * project are the only ones that don't name each `_id`; a router sends them to all shards.
   */
  repointAll(projectId: string, from: string, to: string): Promise<void>;
}

export function createIdempotencyKeys({ intents }: Connection): IdempotencyKeys {
  async function find(wanted: readonly IntentDocument[]): Promise<IntentDocument[]> {
    const ids = wanted.map(({ _id }) => _id);
    return ids.length === 0 ? [] : await intents.find({ _id: { $in: ids } }, { batchSize: ids.length + 1 }).toArray();
  }

  return {
    async claim(events, now) {
      const wanted = events.map((event) => intentDocument(event, event.idempotencyKey, now + IDEMPOTENCY_WINDOW_MS));
      const holding = new Map<string, IntentDocument>();
      let open = wanted;
      return await untilDone(async () => {
        const { inserted } = await sendUpdates(
          intents as unknown as Collection,
          open.map((intent) => claimUpdate(intent, now)),
        );
        const found = await find(open.filter((_, index) => !inserted.has(index)));
        for (const intent of [...open.filter((_, index) => inserted.has(index)), ...found]) {
          holding.set(intent._id, intent);
        }
        // One that collided with another's first claim, or was removed in this moment, is there for the taking.
        open = open.filter(({ _id }) => !holds(holding.get(_id), now));
        return open.length === 0
          ? wanted.map(({ _id, id }) => claimOf(holding.get(_id) as IntentDocument, id))
          : undefined;
      });
    },

    async repoint(intent, userHash) {
      const { _id, id, u } = intent;
      await intents.updateOne({ _id, id, u }, { $set: { u: userHash } });
      const [current] = await find([intent]);
      // One that has expired in this moment is nobody else's any more.
      return current?.id === id ? current : { ...intent, u: userHash };
    },

    async repointAll(projectId, from, to) {
      await intents.updateMany({ p: projectId, u: from }, { $set: { u: to } });
    },
  };
}

function claimOf(intent: IntentDocument, id: string): Claim {
  return { own: intent.id === id, intent };
}

function holds(intent: IntentDocument | undefined, now: number): boolean {
  return intent !== undefined && intent.expiresAt.getTime() > now;
}

/** Takes a key that is free or has expired, even if it is still there; leaves one that holds as it is. */
function claimUpdate(intent: IntentDocument, now: number): Update {
  // A field that is missing, as in an upsert, is less than any date.
  const isFree = { $lte: ["$expiresAt", new Date(now)] };
  const update = [{ $replaceWith: { $cond: [isFree, { $literal: intent }, "$$ROOT"] } }];
  return { filter: { _id: intent._id }, update, upsert: true };
}
