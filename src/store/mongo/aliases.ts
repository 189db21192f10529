import type { Document } from "mongodb";
import { emptyMonths, hasDay, type Months } from "../../domain/months.ts";
import type { UserKey } from "../streak-store.ts";
import type { Apply } from "./apply.ts";
import type { Connection } from "./connection.ts";
import {
  anyOf,
  beginningWith,
  type EventDocument,
  eventOf,
  fieldOf,
  oneOf,
  type StreakDocument,
  streakId,
} from "./documents.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { untilDone } from "./retry.ts";

/** How many events a merge moves at a time. */
const MERGED_AT_ONCE = 500;

/** A user at the end of its aliases, with its document as far as it has one and was asked for. */
export interface Resolved extends UserKey {
  readonly document: StreakDocument | undefined;
}

/** The names from one on, each an alias of the next, up to the user. */
interface Chain {
  readonly tombstones: readonly Tombstone[];
  readonly end: Resolved;
  /** It has no user, because it ends in a circle: the tombstones from this one on. */
  readonly circle?: readonly Tombstone[];
}

/**
 * The other names of users. A name that is an alias is a tombstone in `streaks`: it refuses writes, and says whose it is.
 *
 * A name is only ever pointed to one that is no alias at that time, as far as is known; that one may become an alias
 * later, so a name can be several steps from its user. Two links made at once can close a circle. Whoever finds it opens
 * it, by taking back a link that is not finished, and everyone picks the same one.
 */
export interface Aliases {
  /**
   * The users that these names are by now, in the same order. Merges that were left undone are done first.
   *
   * @param fields what of their documents to read
   */
  resolve(names: readonly UserKey[], fields: Document): Promise<Resolved[]>;
  /** The user that a name is by now, which is itself when it is no alias. */
  userOf(projectId: string, name: string): Promise<string>;
  /** Does what is left to do of the merge of a tombstone, wherever it was cut short; any number may do so at once. */
  finishMerge(projectId: string, name: string): Promise<void>;
}

export function createAliases({ streaks, events }: Connection, apply: Apply, keys: IdempotencyKeys): Aliases {
  /** The merges that this instance is at, so that a crowd that meets a tombstone at once does its work once. */
  const merges = new Map<string, Promise<void>>();

  async function resolve(names: readonly UserKey[], fields: Document): Promise<Resolved[]> {
    return await untilDone(async () => {
      const chains = await chainsOf(names, fields);
      const circle = chains.find((chain) => chain.circle)?.circle;
      const merging = chains.flatMap(({ tombstones }) => tombstones.filter((tombstone) => tombstone.merging));
      if (circle !== undefined) {
        await openCircle(circle);
      } else if (merging.length > 0) {
        await Promise.all(merging.map(({ p, u }) => finishMerge(p, u)));
      } else {
        return chains.map(({ end }) => end);
      }
      return undefined;
    });
  }

  async function userOf(projectId: string, name: string): Promise<string> {
    const [user] = await resolve([{ projectId, userHash: name }], {});
    return (user as Resolved).userHash;
  }

  /** Reads the names, those that they are aliases of, and so on: one query for each step. */
  async function chainsOf(names: readonly UserKey[], fields: Document): Promise<Chain[]> {
    const projection = { p: 1, u: 1, aliasOf: 1, merging: 1, emptied: 1, linkedAt: 1, ...fields };
    const known = new Map<string, StreakDocument | undefined>();
    let asked = names;
    while (asked.length > 0) {
      for (const { projectId, userHash } of asked) {
        known.set(streakId(projectId, userHash), undefined);
      }
      const found = await streaks.find(anyOf(asked), { projection, batchSize: asked.length + 1 }).toArray();
      for (const document of found) {
        known.set(document._id, document);
      }
      const targets = found.filter(isTombstone).map(({ p, aliasOf }) => ({ projectId: p, userHash: aliasOf }));
      asked = targets.filter(({ projectId, userHash }) => !known.has(streakId(projectId, userHash)));
    }
    return names.map((name) => chainOf(name, known));
  }

  async function finishMerge(projectId: string, name: string): Promise<void> {
    const id = streakId(projectId, name);
    const running = merges.get(id) ?? merge(projectId, name).finally(() => merges.delete(id));
    merges.set(id, running);
    await running;
  }

  async function merge(projectId: string, name: string): Promise<void> {
    await untilDone(async () => {
      const [chain] = await chainsOf([{ projectId, userHash: name }], { days: 1, zone: 1 });
      const { tombstones, end, circle } = chain as Chain;
      const tombstone = tombstones[0];
      if (tombstone?.merging !== true) {
        return true;
      }
      const linkedAt = tombstone.linkedAt ?? { $exists: false };
      const asSeen = { ...oneOf(projectId, name), aliasOf: tombstone.aliasOf, merging: true, linkedAt } as const;
      if (circle !== undefined) {
        await openCircle(circle);
      } else if (tombstone.aliasOf !== end.userHash) {
        // The tombstone says where the merge goes before anything goes there, so that one who is late and takes it to
        // the same place again changes nothing there.
        await streaks.updateOne(asSeen, { $set: { aliasOf: end.userHash } });
      } else if (await moveTo(end.userHash, tombstone)) {
        const { matchedCount } = await streaks.updateOne(asSeen, {
          $unset: { merging: "", emptied: "", days: "", zone: "" },
        });
        if (matchedCount === 1) {
          // What is left now are strays, of effects that failed on the tombstone.
          await events.deleteMany(beginningWith(projectId, name));
          return true;
        }
      }
      return undefined;
    });
  }

  /** Moves all that a tombstone holds to a user. Answers false when that one has become an alias itself. */
  async function moveTo(userHash: string, tombstone: Tombstone): Promise<boolean> {
    const { p, u, emptied } = tombstone;
    // Events that an emptied one has are strays, of writes that may be under way to its former user.
    if (!emptied && !(await moveDone(userHash, tombstone))) {
      return false;
    }
    await keys.repointAll(p, u, userHash);
    return true;
  }

  async function moveDone(userHash: string, { p, u, days = {}, zone }: Tombstone): Promise<boolean> {
    async function moveSome(own: readonly EventDocument[]): Promise<boolean> {
      const moved = own.map((event) => eventOf(userHash, event));
      const [applied] = await apply([{ projectId: p, userHash, days, zone, events: moved }]);
      if (own.length > 0 && !applied?.moved) {
        await events.deleteMany({ _id: { $in: own.map(({ _id }) => _id) } });
      }
      return !applied?.moved;
    }

    const found = events
      .find(beginningWith(p, u), { batchSize: MERGED_AT_ONCE })
      // A primary just elected may not know yet that what the one before it acknowledged has reached the majority.
      .withReadConcern({ level: "local" });
    let own: EventDocument[] = [];
    for await (const event of found) {
      if (isOf(days, event)) {
        own.push(event);
      }
      if (own.length === MERGED_AT_ONCE) {
        if (!(await moveSome(own))) {
          return false;
        }
        own = [];
      }
    }
    return await moveSome(own);
  }

  /** Takes back one of the links that form a circle, if they do so at all. Its name is a user again, with what it had. */
  async function openCircle(circle: readonly Tombstone[]): Promise<void> {
    const names = circle.map(({ p, u }) => ({ projectId: p, userHash: u }));
    const now = new Map((await chainsOf(names, {})).flatMap(({ tombstones }) => tombstones.map((one) => [one.u, one])));
    // They were read one after the other, so they may never have been so at one time. Read twice alike, they were.
    if (!circle.every(({ u, aliasOf }) => now.get(u)?.aliasOf === aliasOf)) {
      return;
    }
    const unfinished = circle.filter(({ u }) => now.get(u)?.merging);
    const candidates = (unfinished.length > 0 ? unfinished : circle).toSorted((a, b) => (a.u < b.u ? -1 : 1));
    const { p, u, aliasOf } = candidates[0] as Tombstone;
    await streaks.updateOne(
      { ...oneOf(p, u), aliasOf, merging: unfinished.length > 0 ? true : { $exists: false } },
      { $unset: { aliasOf: "", merging: "", emptied: "", linkedAt: "", swept: "" } },
    );
  }

  return { resolve, userOf, finishMerge };
}

function chainOf(name: UserKey, known: ReadonlyMap<string, StreakDocument | undefined>): Chain {
  const { projectId } = name;
  const tombstones: Tombstone[] = [];
  let { userHash } = name;
  for (;;) {
    const document = known.get(streakId(projectId, userHash));
    const end = { projectId, userHash, document };
    if (document === undefined || !isTombstone(document)) {
      return { tombstones, end };
    }
    const first = tombstones.findIndex(({ u }) => u === userHash);
    if (first >= 0) {
      return { tombstones, end, circle: tombstones.slice(first) };
    }
    tombstones.push(document);
    userHash = document.aliasOf;
  }
}

type Tombstone = StreakDocument & { readonly aliasOf: string };

function isTombstone(document: StreakDocument): document is Tombstone {
  return document.aliasOf !== undefined;
}

/**
 * Whether an event is one of a tombstone that did these days. One that is not came too late: its effect fails on the
 * tombstone, and is routed to the user anew. Of analytics events it can't be told, nor need it be: they keep their ids.
 */
function isOf(days: Readonly<Record<string, Months>>, { type, event, day }: EventDocument): boolean {
  return type !== "streak_interaction" || hasDay(days[fieldOf(event)] ?? emptyMonths, day);
}
