import { expect, it } from "vitest";
import { type OpenStore, useStore } from "./fixture.ts";

const LONG_MS = 600_000;

/** What every `LeaseStore` does. */
export function describeLeaseStore(open: OpenStore): void {
  const current = useStore(open);

  it("a lease is its first taker's, who renews it, and nobody else's", async () => {
    const { leases } = current.store;
    expect(await leases.takeLease("count", "one", LONG_MS)).toBe(true);
    expect(await leases.takeLease("count", "two", LONG_MS)).toBe(false);
    expect(await leases.takeLease("count", "one", LONG_MS)).toBe(true);
    expect(await leases.takeLease("other", "two", LONG_MS)).toBe(true);
  });

  it("of many takers at once one has the lease", async () => {
    const holders = Array.from({ length: 20 }, (_, index) => `holder ${index}`);
    const taken = await Promise.all(holders.map((holder) => current.store.leases.takeLease("count", holder, LONG_MS)));
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(1);
  });

  it("a lease that is over is the next taker's", async () => {
    const { leases } = current.store;
    expect(await leases.takeLease("count", "one", 0)).toBe(true);
    await expect.poll(() => leases.takeLease("count", "two", LONG_MS)).toBe(true);
    expect(await leases.takeLease("count", "one", LONG_MS)).toBe(false);
  });

  it("a holder gives the lease back, and nobody else does", async () => {
    const { leases } = current.store;
    await leases.takeLease("count", "one", LONG_MS);
    await leases.releaseLease("count", "two");
    expect(await leases.takeLease("count", "two", LONG_MS)).toBe(false);
    await leases.releaseLease("count", "one");
    await leases.releaseLease("count", "one");
    expect(await leases.takeLease("count", "two", LONG_MS)).toBe(true);
  });

  it("a lease outlives a restart", async () => {
    await current.store.leases.takeLease("count", "one", LONG_MS);
    await current.reopen();
    expect(await current.store.leases.takeLease("count", "two", LONG_MS)).toBe(false);
  });
}
