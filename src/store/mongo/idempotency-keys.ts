import type { Collection } from "mongodb";
import { IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "../streak-store.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type IntentDocument, intentDocument } from "./documents.ts";

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
   * Gives up a claim whose event changed nothing, so that its next try finds the key free. Answers false when another
   * event has found the key meanwhile: what it means is then relied on, and has to be done.
   */
  release(intent: IntentDocument): Promise<boolean>;
  /**
   * Makes a key mean the same event of another user. It is done before anything is done for that user, so that a key
   * stands for one user's event at any time. Answers what the key means then.
   */
  repoint(intent: IntentDocument, userHash: string): Promise<IntentDocument>;
  /**
   * Makes all keys of a user's events another's. This and deleting a project are the only statements that don't name an
   * `_id`; a router sends them to all shards.
   */
  repointAll(projectId: string, from: string, to: string): Promise<void>;
}

export function createIdempotencyKeys({ intents }: Connection): IdempotencyKeys {
  async function find(wanted: readonly IntentDocument[]): Promise<IntentDocument[]> {
    const ids = wanted.map(({ _id }) => _id);
    return ids.length === 0 ? [] : await intents.find({ _id: { $in: ids } }).toArray();
  }

  return {
    async claim(events, now) {
      const wanted = events.map((event) => intentDocument(event, event.idempotencyKey, now + IDEMPOTENCY_WINDOW_MS));
      const holding = new Map<string, IntentDocument>();
      let open = wanted;
      while (open.length > 0) {
        const updates = open.map((intent) => claimUpdate(intent, now));
        const { upserted } = await sendUpdates(intents as unknown as Collection, updates);
        const found = await find(open.filter((_, index) => !upserted.has(index)));
        for (const intent of [...open.filter((_, index) => upserted.has(index)), ...found]) {
          holding.set(intent._id, intent);
        }
        // One that collided with another's first claim, or was deleted in this moment, is there for the taking.
        open = open.filter(({ _id, id }) => !isSettled(holding.get(_id), id, now));
      }
      return wanted.map(({ _id, id, u }) => {
        const intent = holding.get(_id) as IntentDocument;
        return { own: intent.id === id && intent.u === u, intent };
      });
    },

    async release({ _id, id, u }) {
      const { deletedCount } = await intents.deleteOne({ _id, id, u, found: { $exists: false } });
      return deletedCount > 0;
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

/** Whether a claim has come to an end: the key is this event's, or another's that found on record. */
function isSettled(holding: IntentDocument | undefined, id: string, now: number): boolean {
  return holding !== undefined && (holding.id === id || (holding.found === true && holding.expiresAt.getTime() > now));
}

/** Takes a key that is free or has expired, even if it is still there; marks one that holds as found by another. */
function claimUpdate(intent: IntentDocument, now: number): Update {
  const mine = { $literal: intent };
  // A field that is missing, as in an upsert, is less than any date.
  const isFree = { $lte: ["$expiresAt", new Date(now)] };
  const isMine = { $eq: ["$id", { $literal: intent.id }] };
  const found = { $mergeObjects: ["$$ROOT", { found: true }] };
  const update = [{ $replaceWith: { $cond: [isFree, mine, { $cond: [isMine, "$$ROOT", found] }] } }];
  return { filter: { _id: intent._id }, update, upsert: true };
}
