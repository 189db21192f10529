import { expect, it } from "vitest";
import { observeStores, type StoreCall } from "#src/store/observe.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";

/** A store of which only some methods are called. */
function storesWith(ports: object): Stores {
  return { coalesceTurns: 2, close: async () => {}, ...ports } as Stores;
}

it("every method of every port is observed, with how its call ended, and passes its result and errors on", async () => {
  const calls: StoreCall[] = [];
  const away = new StoreUnavailableError({ cause: new Error("away") });
  const stores = observeStores(
    storesWith({
      projects: { readProject: async (siteKey: string) => ({ siteKey }) },
      events: { resolveUsers: async () => [] },
      settings: {
        readSetting: () => Promise.reject(away),
        claimSetting: () => Promise.reject(new Error("a bug")),
      },
    }),
    (call) => calls.push(call),
  );

  expect(await stores.projects.readProject("site")).toEqual({ siteKey: "site" });
  await stores.events.resolveUsers([
    { projectId: "p", userHash: "a" },
    { projectId: "p", userHash: "b" },
  ]);
  await expect(stores.settings.readSetting("name")).rejects.toBe(away);
  await expect(stores.settings.claimSetting("name", "value")).rejects.toThrow("a bug");

  expect(calls.map(({ method, outcome, events }) => [method, outcome, events])).toEqual([
    ["readProject", "done", undefined],
    ["resolveUsers", "done", 2],
    ["readSetting", "away", undefined],
    ["claimSetting", "failed", undefined],
  ]);
  expect(calls.every(({ seconds }) => seconds >= 0)).toBe(true);
});

it("what stands beside the ports is the same, and not observed", async () => {
  const calls: unknown[] = [];
  let isClosed = false;
  const close = async () => {
    isClosed = true;
  };
  const stores = observeStores(storesWith({ close }), (call) => calls.push(call));
  expect(stores.coalesceTurns).toBe(2);
  await stores.close();
  expect([isClosed, calls]).toEqual([true, []]);
});
