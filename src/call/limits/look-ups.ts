import { LRUCache } from "lru-cache";
import type { WrongTokens } from "./wrong-tokens.ts";

/** How many right secrets are remembered. Beyond that the least recently used one is forgotten. */
const MAX_RIGHT_SECRETS = 10_000;

/** Finds what there is for the hash of a secret: a valid token or sign-in session, or a word that says why there is none. */
type Find<Found> = (secretHash: string, address: string | undefined) => Promise<Found | "unknown">;

/**
 * Returns the same function, which shields the store from an address whose wrong tokens are refused. It looks up only a
 * few of its secrets a second that were never found here; the others are unknown. Secrets that were right before are
 * found as from any other address.
 */
export function limitLookUps<Found>(find: Find<Found>, wrongTokens: WrongTokens): Find<Found> {
  const right = new LRUCache<string, true>({ max: MAX_RIGHT_SECRETS });
  return async (secretHash, address) => {
    if (!right.has(secretHash) && !wrongTokens.mayLookUp(address)) {
      return "unknown";
    }
    const found = await find(secretHash, address);
    if (found === "unknown") {
      right.delete(secretHash);
    } else {
      right.set(secretHash, true);
    }
    return found;
  };
}
