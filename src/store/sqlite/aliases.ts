import type { UserZone } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { FoundUser } from "./ports.ts";

/**
 * The aliases of users, and the users' zones. A name is only ever linked to a name that is no alias at that moment, so
 * links never close a circle. That name may become an alias later, so an alias can be several steps from its user.
 */
export interface Aliases {
  /** Returns the user that a name is by now. A name that is no alias is a user itself. */
  resolve(projectId: string, name: string): FoundUser;
  /** Returns what an alias was last linked to, or undefined when the name is no alias. */
  targetOf(projectId: string, name: string): string | undefined;
  /** Makes a name an alias of `userHash`, which must be no alias itself. */
  link(projectId: string, name: string, userHash: string): void;
  /** Sets the user's zone, unless the user has a later zone. Returns whether it was set. */
  raiseZone(projectId: string, userHash: string, zone: UserZone): boolean;
  /** Stores the home zone of a user who has a zone. */
  setHome(projectId: string, userHash: string, home: string): void;
  /** Marks a user who has a zone: see `ResolvedUser.isRedated`. */
  markRedated(projectId: string, userHash: string): void;
}

/** Prepares the statements on aliases and zones. They are for use inside a transaction. */
export function createAliases(connection: Connection): Aliases {
  // One column for two: each costs events something. An alias has no `tz`.
  const select = connection.prepare<
    | { readonly tz: null; readonly name: string }
    | { readonly tz: string; readonly at: number; readonly name: string | null; readonly redated: 1 | null }
  >(`
    SELECT tz, at, ifnull(alias_of, meta) AS name, days AS redated FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind BETWEEN ${FactKind.ALIAS} AND ${FactKind.ZONE}
  `);
  const link = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, alias_of) VALUES (?, ?, ${FactKind.ALIAS}, ?)
    ON CONFLICT DO UPDATE SET alias_of = excluded.alias_of
  `);
  // The later zone wins, and the greater name when both are equally late.
  const raiseZone = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, tz, at) VALUES (?, ?, ${FactKind.ZONE}, ?, ?)
    ON CONFLICT DO UPDATE SET tz = excluded.tz, at = excluded.at WHERE (excluded.at, excluded.tz) > (facts.at, facts.tz)
  `);
  const updateZone = (set: string) =>
    connection.prepare(`UPDATE facts SET ${set} WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ZONE}`);
  const setHome = updateZone("meta = ?3");
  const markRedated = updateZone("days = 1");

  return {
    resolve(projectId, name) {
      let userHash = name;
      let row = select.get(projectId, userHash);
      while (row?.tz === null) {
        userHash = row.name;
        row = select.get(projectId, userHash);
      }
      if (row === undefined) {
        return { userHash };
      }
      const zone = { name: row.tz, at: row.at };
      if (row.name === null) {
        return { userHash, zone };
      }
      // Whoever was redated has a home zone.
      return row.redated === null
        ? { userHash, zone, home: row.name }
        : { userHash, zone, home: row.name, isRedated: true };
    },

    targetOf(projectId, name) {
      const row = select.get(projectId, name);
      return row?.tz === null ? row.name : undefined;
    },

    link(projectId, name, userHash) {
      link.run(projectId, name, userHash);
    },

    raiseZone(projectId, userHash, zone) {
      return raiseZone.run(projectId, userHash, zone.name, zone.at) > 0;
    },

    setHome(projectId, userHash, home) {
      setHome.run(projectId, userHash, home);
    },

    markRedated(projectId, userHash) {
      markRedated.run(projectId, userHash);
    },
  };
}
