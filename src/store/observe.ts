import { StoreUnavailableError, type StreakStore } from "./streak-store.ts";

/**
 * Is told of every call of a store's method when it ends: how long it took, and whether it was done, failed because the
 * store was away, or for another reason. Must not throw.
 */
export type StoreObserver = (method: string, seconds: number, outcome: "done" | "away" | "failed") => void;

/** The same store, with an observer that is told of every call. */
export function observeStore(store: StreakStore, observe: StoreObserver): StreakStore {
  function observed<Args extends unknown[], Result>(name: string, method: (...args: Args) => Promise<Result>) {
    return async (...args: Args): Promise<Result> => {
      const start = performance.now();
      let outcome: Parameters<StoreObserver>[2] = "failed";
      try {
        const result = await method.apply(store, args);
        outcome = "done";
        return result;
      } catch (error) {
        outcome = error instanceof StoreUnavailableError ? "away" : "failed";
        throw error;
      } finally {
        observe(name, (performance.now() - start) / 1000, outcome);
      }
    };
  }

  return {
    gatherTurns: store.gatherTurns,
    createProject: observed("createProject", store.createProject),
    readProject: observed("readProject", store.readProject),
    listProjects: observed("listProjects", store.listProjects),
    updateProject: observed("updateProject", store.updateProject),
    deleteProject: observed("deleteProject", store.deleteProject),
    resolveUsers: observed("resolveUsers", store.resolveUsers),
    guessUsers: observed("guessUsers", store.guessUsers),
    record: observed("record", store.record),
    readStreak: observed("readStreak", store.readStreak),
    linkUser: observed("linkUser", store.linkUser),
    readSetting: observed("readSetting", store.readSetting),
    claimSetting: observed("claimSetting", store.claimSetting),
    close: () => store.close(),
  };
}
