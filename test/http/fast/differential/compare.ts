import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "./client.ts";

/** Whether the same came of a stream with the fast path and without. No difference is accepted. */
export function isSame(fast: Outcome, node: Outcome): boolean {
  return isDeepStrictEqual(fast, node);
}
