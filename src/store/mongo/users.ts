import type { StreakStore } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { fieldOf, zoneOf } from "./documents.ts";

/** What is known of users. */
export function createUsers(
  connection: Connection,
  aliases: Aliases,
): Pick<StreakStore, "resolveUsers" | "readStreak"> {
  return {
    resolveUsers: (users) =>
      connection.run(async () => {
        const resolved = await aliases.resolve(users, { zone: 1 });
        return resolved.map(({ userHash, document }) => ({ userHash, ...zoneOf(document) }));
      }),

    readStreak: (user, event) =>
      connection.run(async () => {
        const field = fieldOf(event);
        const [resolved] = await aliases.resolve([user], { zone: 1, [`days.${field}`]: 1 });
        const document = resolved?.document;
        return { days: document?.days?.[field] ?? {}, ...zoneOf(document) };
      }),
  };
}
