import { LRUCache } from "lru-cache";
import type { FindToken } from "../authenticator.ts";
import type { WrongTokens } from "./wrong-tokens.ts";

/** How many right tokens are remembered. Beyond that the least recently used one is forgotten. */
const MAX_RIGHT_TOKENS = 10_000;

/**
 * Returns a {@link FindToken} that shields the store from an address whose wrong tokens are refused. It looks up only a
 * few of its tokens a second that were never found here; the others are unknown. Tokens that were right before are
 * found as from any other address.
 */
export function limitLookUps(find: FindToken, wrongTokens: WrongTokens): FindToken {
  const right = new LRUCache<string, true>({ max: MAX_RIGHT_TOKENS });
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
