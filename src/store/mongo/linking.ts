import type { StreakStore } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import { oneOf, userOf } from "./apply.ts";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** The linking of two names. */
export function createLinking(connection: Connection, aliases: Aliases): Pick<StreakStore, "linkUser"> {
  const { streaks, events } = connection;

  async function linkUser(projectId: string, anonymousId: string, userHash: string): Promise<boolean> {
    for (;;) {
      const user = await aliases.userOf(projectId, userHash);
      if (user === anonymousId) {
        return false;
      }
      const current = await streaks.findOne(oneOf(projectId, anonymousId));
      if (current?.aliasOf === undefined) {
        if (await makeAlias(projectId, anonymousId, user)) {
          // Following it merges it. It leads back to itself when it was one of two that closed a circle, and gave way.
          return (await aliases.userOf(projectId, anonymousId)) !== anonymousId;
        }
      } else if (current.merging) {
        await aliases.finishMerge(projectId, anonymousId);
      } else if (current.aliasOf === user) {
        // Apps may say it at every login. An instance that was killed amid a batch may have left events to the name.
        await events.deleteMany({ p: projectId, u: anonymousId });
        return true;
      } else if (await pointElsewhere(projectId, anonymousId, current.aliasOf, user)) {
        return true;
      }
    }
  }

  /** Turns a user into a tombstone, of which everything is yet to be merged. Answers false when it is one by now. */
  async function makeAlias(projectId: string, name: string, user: string): Promise<boolean> {
    try {
      await streaks.updateOne(userOf(projectId, name), { $set: { aliasOf: user, merging: true } }, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) {
        return false;
      }
      throw error;
    }
  }

  /** Makes a tombstone, which holds nothing, another user's. Answers false when it has changed meanwhile. */
  async function pointElsewhere(projectId: string, name: string, from: string, to: string): Promise<boolean> {
    const { matchedCount } = await streaks.updateOne(
      { ...oneOf(projectId, name), aliasOf: from, merging: { $exists: false } },
      { $set: { aliasOf: to } },
    );
    return matchedCount === 1;
  }

  return {
    linkUser: (projectId, anonymousId, userHash) => connection.run(() => linkUser(projectId, anonymousId, userHash)),
  };
}
