import { wrapPorts } from "./port-methods.ts";
import type { Stores } from "./stores.ts";
import { StoreUnavailableError } from "./unavailable.ts";

/**
 * Is told of every call of a port's method when it ends: how long it took, and whether it was done, failed because the
 * store was away, or failed for another reason. Must not throw.
 */
export type StoreObserver = (method: string, seconds: number, outcome: "done" | "away" | "failed") => void;

/** Returns the same stores, with an observer that is told of every call of their ports. */
export function observeStores(stores: Stores, observe: StoreObserver): Stores {
  const observed = wrapPorts(stores, (method, name) => async (...args) => {
    const start = performance.now();
    let outcome: Parameters<StoreObserver>[2] = "failed";
    try {
      const result = await method(...args);
      outcome = "done";
      return result;
    } catch (error) {
      outcome = error instanceof StoreUnavailableError ? "away" : "failed";
      throw error;
    } finally {
      observe(name, (performance.now() - start) / 1000, outcome);
    }
  });
  return { ...observed, coalesceTurns: stores.coalesceTurns, close: () => stores.close() };
}
