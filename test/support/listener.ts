import { DEFAULT_LIMITS } from "#src/http/limits.ts";
import type { ListenerInit } from "#src/http/listener/listener.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";

/** What a listener needs beside what it serves, for tests that don't look at it: new turns, the default bounds. */
export function defaultInit(): Pick<ListenerInit, "turns" | "limits" | "onRefusal" | "onError"> {
  return { turns: new TurnBudget(), limits: DEFAULT_LIMITS, onRefusal() {}, onError() {} };
}

/** For RPC in tests that don't look at its bound of streams. */
export const manyStreams = { maxStreamingCalls: 100_000, onRefusal() {} };
