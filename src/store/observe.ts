import { wrapPorts } from "./port-methods.ts";
import type { Stores } from "./stores.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/** A call of a port's method that has ended. */
export interface StoreCall {
  readonly method: string;
  readonly seconds: number;
  /** Whether it was done, failed because the store was away, or failed for another reason. */
  readonly outcome: "done" | "away" | "failed";
  /** How many events it was for, when it was for a batch. */
  readonly events: number | undefined;
}

/** Is told of every call of a port's method when it ends. Must not throw. */
export type StoreObserver = (call: StoreCall) => void;

/** Returns the same stores, with an observer that is told of every call of their ports. */
export function observeStores(stores: Stores, observe: StoreObserver): Stores {
  const observed = wrapPorts(stores, (method, name) => async (...args) => {
    const start = performance.now();
    let outcome: StoreCall["outcome"] = "failed";
    try {
      const result = await method(...args);
      outcome = "done";
      return result;
    } catch (error) {
      outcome = error instanceof StoreUnavailableError ? "away" : "failed";
      throw error;
    } finally {
      const seconds = (performance.now() - start) / 1000;
      const [batch] = args;
      observe({ method: name, seconds, outcome, events: Array.isArray(batch) ? batch.length : undefined });
    }
  });
  return { ...observed, coalesceTurns: stores.coalesceTurns, close: () => stores.close() };
}
