import type { Document } from "mongodb";
import type { UserKey } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { streakId } from "./document-ids.ts";
import { anyOf, type StreakDocument } from "./documents.ts";

/** The document of a name that is an alias. */
export type Tombstone = StreakDocument & { readonly aliasOf: string };

/** A user at the end of its aliases. */
export interface Resolved extends UserKey {
  /** The user's document, as far as there is one and its fields were asked for. */
  readonly document: StreakDocument | undefined;
}

/** The names from one name on, each an alias of the next, up to the user. */
export interface Chain {
  readonly tombstones: readonly Tombstone[];
  readonly end: Resolved;
  /** Set when the chain has no user because it ends in a circle: the tombstones of the circle. */
  readonly circle?: readonly Tombstone[];
}

/** Reads the chains of names, in the same order, with some fields of the documents. */
export type ChainsOf = (names: readonly UserKey[], fields: Document) => Promise<Chain[]>;

/** Reads names, then the names that they are aliases of, and so on: one query for each step. */
export function createChains({ streaks }: Connection): ChainsOf {
  return async (names, fields) => {
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
  };
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

function isTombstone(document: StreakDocument): document is Tombstone {
  return document.aliasOf !== undefined;
}
