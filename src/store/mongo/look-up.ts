import { coalesceCalls } from "../coalesce-calls.ts";
import type { UserKey } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Resolved } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { sumsOf } from "./stale-sums.ts";
import { daysOf, ZONES } from "./streak-documents.ts";

/** A user to look up. */
export interface LookedUp extends UserKey {
  /**
   * The event whose days to read, with the ledger. Without it neither is read: recording an event does not need them.
   */
  readonly event?: string;
  /** Set to have the sums of the user's actions for the event read, too. */
  readonly hasSums?: boolean;
}

/**
 * Returns who a user is by now, with the zones; if an event is given, also with the days of the event and the ledger.
 * Rejects like the methods of the ports.
 */
export type LookUp = (user: LookedUp) => Promise<Resolved>;

/**
 * Makes a look-up of users. Look-ups for states and for events share queries: what a query costs depends little on how
 * much it finds.
 *
 * @param turns how many turns of the event loop a query waits for more look-ups
 */
export function createLookUp(connection: Connection, aliases: Aliases, turns: number): LookUp {
  return coalesceCalls(
    (users: readonly LookedUp[]) =>
      connection.run(() => {
        const days = users.flatMap(({ event }) => (event === undefined ? [] : Object.entries(daysOf(event))));
        const sums = users.flatMap(({ event, hasSums }) =>
          hasSums && event !== undefined ? [[sumsOf(event), 1] as const] : [],
        );
        return aliases.resolve(users, {
          ...ZONES,
          ...(days.length > 0 && { ledger: 1, ...Object.fromEntries(days) }),
          ...Object.fromEntries(sums),
        });
      }),
    turns,
  );
}
