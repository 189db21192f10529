import { Budget } from "#src/http/budget.ts";
import { type Compression, createCompression } from "#src/http/compression/compression.ts";
import type { ListenerInit } from "#src/http/listener/listener.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

type Reports = "onRefusal" | "onError" | "onAnswer" | "onAcceptFailed" | "onFewDescriptors";

const ignored: Pick<ListenerInit, Reports> = {
  onRefusal() {},
  onError() {},
  onAnswer() {},
  onAcceptFailed() {},
  onFewDescriptors() {},
};

/** What a listener needs beside what it serves, for tests that don't look at it: new turns, the default bounds, no limit of bodies. */
export function defaultInit(): Pick<ListenerInit, "turns" | "limits" | "bodyBudget" | "bodyLimit" | Reports> {
  const bodyBudget = new Budget(DEFAULT_LIMITS.maxUnfinishedBodyBytes);
  return {
    turns: new TurnBudget(),
    limits: DEFAULT_LIMITS,
    bodyBudget,
    bodyLimit: () => Number.POSITIVE_INFINITY,
    ...ignored,
  };
}

/** The compression of a server with the default bounds. */
export function defaultCompression(): Compression {
  return createCompression(defaultInit());
}

/** For RPC in tests that don't look at its bound of streams. */
export const manyStreams = { maxStreamingCalls: 100_000, onRefusal() {} };
