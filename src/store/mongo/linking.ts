import type { StreakStore } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { oneOf, unlessAlias } from "./documents.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";
import { ALL_SUMS } from "./stale-sums.ts";
import { upsert } from "./upsert.ts";

/**
 * Linking: one write turns a name into a tombstone, and the merge of what it holds follows, at once or by whoever comes
 * next.
 */
export function createLinking(connection: Connection, aliases: Aliases, notes: Notes): StreakStore["linkUser"] {
  const { streaks } = connection;

  async function linkUser(projectId: string, anonymousId: string, userHash: string): Promise<boolean> {
    return await retry(async () => {
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
        // Apps may link at every login.
        return true;
      }
      const isLinked =
        current?.aliasOf === undefined
          ? await makeAlias(projectId, anonymousId, user)
          : await linkElsewhere(projectId, anonymousId, current.aliasOf, user);
      // Following the alias merges it. It leads back to itself when this link closed a circle and was taken back.
      return isLinked ? (await aliases.userOf(projectId, anonymousId)) !== anonymousId : undefined;
    });
  }

  /**
   * Turns a user into a tombstone, of which everything is yet to be merged. Returns false when it already is a
   * tombstone. From then on the name has no history of its own. That the user's grows is noted by the merge.
   */
  async function makeAlias(projectId: string, name: string, user: string): Promise<boolean> {
    const cover = await notes.write([{ projectId, userHash: name }]);
    const tombstone = {
      $set: { aliasOf: user, merging: true },
      $currentDate: { linkedAt: true },
      // The actions that they are of go to the user.
      $unset: ALL_SUMS,
    };
    const isMade = await upsert(streaks, unlessAlias(projectId, name), tombstone);
    cover.end();
    return isMade;
  }

  /**
   * Makes a tombstone the alias of another user. It is marked as unfinished, so that the link can be taken back if it
   * closes a circle. Returns false when the tombstone has changed meanwhile.
   */
  async function linkElsewhere(projectId: string, name: string, from: string, to: string): Promise<boolean> {
    const { matchedCount } = await streaks.updateOne(
      { ...oneOf(projectId, name), aliasOf: from, merging: { $exists: false } },
      { $set: { aliasOf: to, merging: true, emptied: true }, $currentDate: { linkedAt: true }, $unset: { swept: "" } },
    );
    return matchedCount === 1;
  }

  return (projectId, anonymousId, userHash) => connection.run(() => linkUser(projectId, anonymousId, userHash));
}
