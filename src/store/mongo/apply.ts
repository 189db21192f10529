import type { Months } from "../../streak/months.ts";
import type { UserKey } from "../streak-store.ts";
import type { SendBulk, Update } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type EventDocument, type StreakDocument, streakId, type ZoneField } from "./documents.ts";

/** What is to become true of a user. It may be so already, in part or as a whole. */
export interface Effect extends UserKey {
  /** The days to add, by `fieldOf` their event. */
  readonly days: Readonly<Record<string, Months>>;
  readonly zone?: ZoneField | undefined;
  /** The events to keep, each unless it is kept already. */
  readonly events: readonly EventDocument[];
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
 * all there when a user becomes a tombstone, to be merged; those that come later are of effects that fail, and are taken back.
 */
export function createApply(connection: Connection, send: SendBulk): Apply {
  const { streaks, events } = connection;
  /** Users of whom events may be left that were to be taken back when the database went away, by `_id`. */
  const unsettled = new Map<string, UserKey>();

  return async (effects) => {
    if (unsettled.size > 0) {
      await settle();
    }
    try {
      return await attempt(effects);
    } catch (error) {
      remember(effects);
      throw error;
    }
  };

  function remember(users: readonly UserKey[]): void {
    for (const { projectId, userHash } of users) {
      unsettled.set(streakId(projectId, userHash), { projectId, userHash });
    }
  }

  async function attempt(effects: readonly Effect[]): Promise<Applied[]> {
    const { inserted, moved } = await write(effects);
    let next = 0;
    const applied = effects.map((effect): Applied => {
      const from = next;
      next += effect.events.length;
      return { moved: moved.has(effect), inserted: inserted.slice(from, next) };
    });
    const stray = effects.flatMap((effect, index) => {
      const { moved: isMoved, inserted: isInserted } = applied[index] as Applied;
      return isMoved ? effect.events.filter((_, position) => isInserted[position]) : [];
    });
    if (stray.length > 0) {
      await events.deleteMany({ _id: { $in: stray.map(({ _id }) => _id) }, ...keysOf(stray) });
    }
    return applied;
  }

  /** Answers of all events whether they were inserted, and which effects were refused by a tombstone. */
  async function write(
    effects: readonly Effect[],
  ): Promise<{ inserted: readonly boolean[]; moved: ReadonlySet<Effect> }> {
    const moved = new Set<Effect>();
    let open = effects;
    let sent = await send(effects.flatMap((effect) => effect.events).map(keep), open.map(commit));
    const { inserted } = sent;
    while (sent.doubtful.length > 0) {
      const doubtful = sent.doubtful.map((index) => open[index] as Effect);
      const tombstones = await tombstonesAmong(doubtful);
      const isMoved = (effect: Effect) => tombstones.has(streakId(effect.projectId, effect.userHash));
      for (const effect of doubtful.filter(isMoved)) {
        moved.add(effect);
      }
      // Two first writes of one user can collide, and the key is then taken by a user after all.
      open = doubtful.filter((effect) => !isMoved(effect) && isWritten(effect));
      sent = await send([], open.map(commit));
    }
    return { inserted, moved };
  }

  /** Which of these users are tombstones by now. */
  async function tombstonesAmong(users: readonly UserKey[]): Promise<Map<string, StreakDocument>> {
    const found = await streaks
      .find({ ...anyOf(users), aliasOf: { $exists: true } }, { projection: { p: 1, u: 1, merging: 1 } })
      // What refused a write may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    return new Map(found.map((document) => [document._id, document]));
  }

  /** Takes back what an earlier call could not. Whatever events a merged tombstone has left are of that kind. */
  async function settle(): Promise<void> {
    const users = [...unsettled.values()];
    unsettled.clear();
    try {
      for (const { p, u, merging } of (await tombstonesAmong(users)).values()) {
        if (merging) {
          remember([{ projectId: p, userHash: u }]);
        } else {
          await events.deleteMany({ p, u });
        }
      }
    } catch (error) {
      remember(users);
      throw error;
    }
  }
}

/** Finds the documents of users by `_id`, and names what a router needs to find their shards. */
export function anyOf(users: readonly UserKey[]) {
  const keys = users.map(({ projectId, userHash }) => ({ p: projectId, u: userHash }));
  return { _id: { $in: keys.map(({ p, u }) => streakId(p, u)) }, ...keysOf(keys) };
}

function keysOf(keys: readonly { readonly p: string; readonly u: string }[]) {
  return { p: { $in: [...new Set(keys.map(({ p }) => p))] }, u: { $in: [...new Set(keys.map(({ u }) => u))] } };
}

/** Finds the document of one user, whether it is a tombstone or not. */
export function oneOf(projectId: string, userHash: string) {
  return { _id: streakId(projectId, userHash), p: projectId, u: userHash };
}

/** Finds the document of one user unless it is a tombstone; an upsert with it then fails, because its key is taken. */
export function userOf(projectId: string, userHash: string) {
  return { ...oneOf(projectId, userHash), aliasOf: { $exists: false } };
}

function keep({ _id, p, u, ...fields }: EventDocument): Update {
  return { filter: { _id, p, u }, update: { $setOnInsert: fields }, upsert: true };
}

function commit(effect: Effect): Update {
  const { projectId, userHash, days, zone } = effect;
  if (!isWritten(effect)) {
    // It changes nothing, and makes no document for those who only look, but a match tells of a tombstone.
    const filter = { ...oneOf(projectId, userHash), aliasOf: { $exists: true } };
    return { filter, update: { $setOnInsert: { days: {} } }, upsert: false };
  }
  const bits = Object.entries(days).flatMap(([field, months]) =>
    Object.entries(months).map(([month, or]) => [`days.${field}.${month}`, { or }] as const),
  );
  const update = { ...(bits.length > 0 && { $bit: Object.fromEntries(bits) }), ...(zone && { $max: { zone } }) };
  return { filter: userOf(projectId, userHash), update, upsert: true };
}

/** Whether the user's document changes: only looking makes none. */
function isWritten({ days, zone }: Effect): boolean {
  return zone !== undefined || Object.keys(days).length > 0;
}
