import type { StreakStore } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { oneOf, unlessAlias } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { untilDone } from "./retry.ts";

/** The linking of two names. */
export function createLinking(connection: Connection, aliases: Aliases): Pick<StreakStore, "linkUser"> {
  const { streaks } = connection;

  async function linkUser(projectId: string, anonymousId: string, userHash: string): Promise<boolean> {
    return await untilDone(async () => {
      const user = await aliases.userOf(projectId, userHash);
      if (user === anonymousId) {
        return false;
      }
      const current = await streaks.findOne(oneOf(projectId, anonymousId));
      if (current?.merging) {
        await aliases.finishMerge(projectId, anonymousId);
        return undefined;
      }
      if (current?.aliasOf === user) {
        // Apps may say it at every login.
        return true;
      }
      const isLinked =
        current?.aliasOf === undefined
          ? await makeAlias(projectId, anonymousId, user)
          : await pointElsewhere(projectId, anonymousId, current.aliasOf, user);
      // Following it merges it. It leads back to itself when it was one of two that closed a circle, and gave way.
      return isLinked ? (await aliases.userOf(projectId, anonymousId)) !== anonymousId : undefined;
    });
  }

  /** Turns a user into a tombstone, of which everything is yet to be merged. Answers false when it is one by now. */
  async function makeAlias(projectId: string, name: string, user: string): Promise<boolean> {
    try {
      const tombstone = { $set: { aliasOf: user, merging: true as const }, $currentDate: { linkedAt: true as const } };
      await streaks.updateOne(unlessAlias(projectId, name), tombstone, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) {
        return false;
      }
      throw error;
    }
  }

  /**
   * Makes a tombstone another user's, as an unfinished link, so that it can be taken back if it closes a circle. Answers
   * false when it has changed meanwhile.
   */
  async function pointElsewhere(projectId: string, name: string, from: string, to: string): Promise<boolean> {
    const { matchedCount } = await streaks.updateOne(
      { ...oneOf(projectId, name), aliasOf: from, merging: { $exists: false } },
      { $set: { aliasOf: to, merging: true, emptied: true }, $currentDate: { linkedAt: true }, $unset: { swept: "" } },
    );
    return matchedCount === 1;
  }

  return {
    linkUser: (projectId, anonymousId, userHash) => connection.run(() => linkUser(projectId, anonymousId, userHash)),
  };
}
