import { type Months, union } from "../../domain/months.ts";
import { homeAfterLink, type KindLabel, labelAfterLink, ORDINARY } from "../day-kinds.ts";
import type { Apply } from "./apply.ts";
import type { Effect } from "./attempt.ts";
import type { Chain, ChainsOf, Tombstone } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, labelIn, streakId } from "./document-ids.ts";
import { type EventDocument, eventOf, isAction, oneOf, type StreakDocument, unlessAlias } from "./documents.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";
import type { SeatDocument } from "./seat-documents.ts";
import type { Seats } from "./seats.ts";
import { staleSums } from "./stale-sums.ts";
import { ALL_DAYS, homeIn, isDone, openDaysByEventIn, unionWithLedger, ZONES, zonesOf } from "./streak-documents.ts";
import type { Union } from "./unions.ts";
import { upsert } from "./upsert.ts";

/** How many events a merge copies at a time. */
const MERGED_AT_ONCE = 500;

/** What merging needs. */
export interface MergeParts {
  readonly connection: Connection;
  readonly apply: Apply;
  readonly keys: IdempotencyKeys;
  readonly seats: Seats;
  readonly notes: Notes;
  readonly chainsOf: ChainsOf;
  openCircle(circle: readonly Tombstone[]): Promise<void>;
}

/**
 * Makes what finishes the merge of a tombstone: everything that it holds becomes its user's. A merge that was cut short
 * anywhere is finished by doing it again, and any number of instances may do it at once.
 */
export function createMerge(parts: MergeParts): (projectId: string, name: string) => Promise<void> {
  const { connection, apply, keys, seats, notes, chainsOf, openCircle } = parts;
  const { streaks, events } = connection;
  /** The merges that this instance is doing, so that a crowd that meets a tombstone at once does its merge once. */
  const merges = new Map<string, Promise<void>>();

  async function merge(projectId: string, name: string): Promise<void> {
    await retry(async () => {
      const [[chain], held] = await Promise.all([
        chainsOf([{ projectId, userHash: name }], { ...ALL_DAYS, ...ZONES, unfinished: 1, ledger: 1 }),
        seats.heldByName(projectId, name),
      ]);
      const { tombstones, end, circle } = chain as Chain;
      const tombstone = tombstones[0];
      if (tombstone?.merging !== true) {
        return true;
      }
      const linkedAt = tombstone.linkedAt ?? { $exists: false };
      const unchanged = { ...oneOf(projectId, name), aliasOf: tombstone.aliasOf, merging: true, linkedAt } as const;
      if (circle !== undefined) {
        await openCircle(circle);
      } else if (tombstone.aliasOf !== end.userHash) {
        // The tombstone says where the merge goes before anything goes there. So a late instance that merges into the
        // same user again changes nothing there. The seats may have been passed to the former user already.
        await seats.pass(await seats.heldByName(projectId, tombstone.aliasOf), end.userHash);
        await streaks.updateOne(unchanged, { $set: { aliasOf: end.userHash } });
      } else if (await mergeInto(end.userHash, end.document, tombstone, held)) {
        const { matchedCount } = await streaks.updateOne(unchanged, {
          $unset: {
            merging: "",
            emptied: "",
            days: "",
            others: "",
            zone: "",
            home: "",
            redated: "",
            unfinished: "",
            ledger: "",
          },
        });
        if (matchedCount === 1) {
          // The events that are left are strays, of effects that failed on the tombstone.
          await events.deleteMany(beginningWith(projectId, name));
          return true;
        }
      }
      return undefined;
    });
  }

  /** Merges everything that a tombstone holds into a user. Returns false when that user has become an alias itself. */
  async function mergeInto(
    userHash: string,
    user: StreakDocument | undefined,
    tombstone: Tombstone,
    held: readonly SeatDocument[],
  ): Promise<boolean> {
    const { p, u, emptied } = tombstone;
    // Under an emptied tombstone there are only strays, of writes to its former user that may still be running. The
    // seats and the keys come first: if the user has become an alias meanwhile, its own merge may have come too early
    // for them. Writing the ledger or the days fails then, and all is merged into the user of today. A ledger that was
    // written before the user became an alias is on its tombstone, and goes on from there with its own merge.
    await seats.pass(held, userHash);
    const mayHaveKeys = emptied || (await keys.copyAll(p, u, userHash));
    if (!emptied && !((await mergeLedger(userHash, tombstone)) && (await mergeDone(userHash, user, tombstone)))) {
      return false;
    }
    if (mayHaveKeys) {
      await keys.removeAll(p, u);
    }
    return true;
  }

  async function mergeLedger(userHash: string, { p, ledger }: Tombstone): Promise<boolean> {
    if (ledger === undefined) {
      return true;
    }
    const cover = await notes.write([{ projectId: p, userHash }]);
    const isMerged = await upsert(streaks, unlessAlias(p, userHash), unionWithLedger(ledger));
    cover.end();
    return isMerged;
  }

  async function mergeDone(userHash: string, user: StreakDocument | undefined, tombstone: Tombstone): Promise<boolean> {
    const { p, u } = tombstone;
    const days = openDaysByEventIn(tombstone);

    async function mergeSome(own: readonly EventDocument[]): Promise<boolean> {
      const [applied] = await apply([effectOf(userHash, user, tombstone, own)]);
      if (own.length > 0 && !applied?.isAlias) {
        await events.deleteMany({ _id: { $in: own.map(({ _id }) => _id) } });
      }
      return !applied?.isAlias;
    }

    const found = events
      .find(beginningWith(p, u), { batchSize: MERGED_AT_ONCE })
      // A primary that was just elected may not know yet that what its predecessor acknowledged has reached the
      // majority.
      .withReadConcern({ level: "local" });
    let own: EventDocument[] = [];
    for await (const event of found) {
      const checkIns = days.get(event.event);
      // An event of another day came too late: its effect fails on the tombstone, and goes to the user anew. Of
      // analytics events, repeats and actions nothing tells which came too late, and nothing has to: each keeps its own
      // id.
      const isOfNoKind = event.analyticsId !== undefined || isAction(event);
      if (isOfNoKind || (checkIns && isDone(checkIns, labelIn(event), event.day))) {
        own.push(event);
      }
      if (own.length === MERGED_AT_ONCE) {
        if (!(await mergeSome(own))) {
          return false;
        }
        own = [];
      }
    }
    return await mergeSome(own);
  }

  return async (projectId, name) => {
    const id = streakId(projectId, name);
    const running = merges.get(id) ?? merge(projectId, name).finally(() => merges.delete(id));
    merges.set(id, running);
    await running;
  };
}

/** Returns what a tombstone does to its user, with some of its events. The zones that have dated its days are kept. */
function effectOf(
  userHash: string,
  user: StreakDocument | undefined,
  tombstone: Tombstone,
  own: readonly EventDocument[],
): Effect {
  const aliasHome = homeIn(tombstone);
  const { redated, unfinished } = tombstone;
  const isRedated = redated !== undefined || user?.redated !== undefined;
  const stale = staleSums(own);
  const under = (known: Pick<StreakDocument, "zone" | "home">): Effect => {
    const home = homeIn(known);
    const stored = homeAfterLink(zonesOf(tombstone), zonesOf(known));
    return {
      ...{ projectId: tombstone.p, userHash, ...daysAfterLink(tombstone, aliasHome, home), zone: tombstone.zone },
      ...{ ...(stored !== undefined && { home: stored }), ...(redated !== undefined && { redated, unfinished }) },
      ...(isRedated && { isRedated }),
      stale,
      events: own.map((event) => eventOf(userHash, event, aliasHome, home)),
    };
  };
  const isAssumed = aliasHome !== undefined && homeIn(user) === undefined;
  return isAssumed
    ? { ...under({}), isUnsettled: true, assumedHome: { zone: aliasHome, under: (home) => under({ home }) } }
    : under(user ?? {});
}

/** Returns the days of a tombstone as days of its user: see `labelAfterLink`. */
function daysAfterLink(
  { days = {}, others = {} }: Tombstone,
  aliasHome: string | undefined,
  home: string | undefined,
): Pick<Union, "days" | "others"> {
  const ordinary: Record<string, Months> = {};
  const rest: Record<string, Record<KindLabel, Months>> = {};
  function add(field: string, label: KindLabel, months: Months): void {
    const after = labelAfterLink(label, aliasHome, home);
    if (after === ORDINARY) {
      ordinary[field] = union(ordinary[field] ?? {}, months);
    } else {
      rest[field] = { ...rest[field], [after]: union(rest[field]?.[after] ?? {}, months) };
    }
  }
  for (const [field, months] of Object.entries(days)) {
    add(field, ORDINARY, months);
  }
  for (const [field, kinds] of Object.entries(others)) {
    for (const [label, months] of Object.entries(kinds)) {
      add(field, label, months);
    }
  }
  return { days: ordinary, ...(Object.keys(rest).length > 0 && { others: rest }) };
}
