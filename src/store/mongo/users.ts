import { shareReads } from "../shared-reads.ts";
import type { ResolvedUser, StreakStore, UserKey } from "../streak-store.ts";
import type { Aliases, Resolved } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { fieldOf, zoneOf } from "./documents.ts";

/** See `StreakStore`. Those whom a batch has answered come again in the next few turns, if they have more to say. */
const GATHER_TURNS = 3;

/** The same of a look-up: long enough for the events that have arrived with a read to be looked up with it. */
const LOOK_UP_TURNS = GATHER_TURNS + 3;

/** A user to be looked up. */
interface Asked extends UserKey {
  /** The event whose days are asked for; nobody asks for those of an event that is being recorded. */
  readonly event?: string;
}

/** What is known of users. */
export function createUsers(
  connection: Connection,
  aliases: Aliases,
): Pick<StreakStore, "resolveUsers" | "guessUsers" | "gatherTurns" | "readStreak"> {
  // One query for states and events: what a query costs is hardly what it finds.
  const lookUp = shareReads(
    (asked: readonly Asked[]) =>
      connection.run(() => {
        const fields = asked.flatMap(({ event }) => (event === undefined ? [] : [[`days.${fieldOf(event)}`, 1]]));
        return aliases.resolve(asked, { zone: 1, ...Object.fromEntries(fields) });
      }),
    LOOK_UP_TURNS,
  );

  function lookUpAll(users: readonly UserKey[]): Promise<Resolved[]> {
    // Of what is passed here some are whole events, whose days are not asked for.
    return Promise.all(users.map(({ projectId, userHash }) => lookUp({ projectId, userHash })));
  }

  return {
    async resolveUsers(users) {
      return (await lookUpAll(users)).map(userOf);
    },

    // Other instances may link and move users at any time, so nothing is known without looking, and the look pays for itself.
    async guessUsers(users) {
      const resolved = await lookUpAll(users);
      return resolved.map((one) => ({ ...userOf(one), ...(one.document === undefined && { isNew: true }) }));
    },

    gatherTurns: GATHER_TURNS,

    async readStreak({ projectId, userHash }, event) {
      const { document } = await lookUp({ projectId, userHash, event });
      return { days: document?.days?.[fieldOf(event)] ?? {}, ...zoneOf(document) };
    },
  };
}

function userOf({ userHash, document }: Resolved): ResolvedUser {
  return { userHash, ...zoneOf(document) };
}
