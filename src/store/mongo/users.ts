import { shareReads } from "../shared-reads.ts";
import type { StreakRecord, StreakStore, UserKey } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { fieldOf, streakId, zoneOf } from "./documents.ts";
import type { Strangers } from "./strangers.ts";

/** What is known of users. */
export function createUsers(
  connection: Connection,
  aliases: Aliases,
  strangers: Strangers,
): Pick<StreakStore, "resolveUsers" | "guessUsers" | "readStreak"> {
  const readStreak = shareReads((asked: readonly { readonly user: UserKey; readonly event: string }[]) =>
    connection.run(async () => {
      const fields = asked.map(({ event }) => [`days.${fieldOf(event)}`, 1]);
      const resolved = await aliases.resolve(
        asked.map(({ user }) => user),
        { zone: 1, ...Object.fromEntries(fields) },
      );
      return resolved.map(({ document }, index): StreakRecord => {
        const field = fieldOf((asked[index] as (typeof asked)[number]).event);
        return { days: document?.days?.[field] ?? {}, ...zoneOf(document) };
      });
    }),
  );

  const resolveUsers: StreakStore["resolveUsers"] = (users) =>
    connection.run(async () => {
      const resolved = await aliases.resolve(users, { zone: 1 });
      for (const { projectId, userHash, document } of resolved) {
        if (document === undefined) {
          strangers.add(streakId(projectId, userHash));
        }
      }
      return resolved.map(({ userHash, document }) => ({ userHash, ...zoneOf(document) }));
    });

  return {
    resolveUsers,
    // Other instances may link and move users at any time, so nothing is known without looking, and the look pays for itself.
    guessUsers: resolveUsers,
    readStreak: (user, event) => readStreak({ user, event }),
  };
}
