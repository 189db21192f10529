import { expect, it } from "vitest";
import { type InstanceReport, REPORT_LIFE_MS } from "#src/store/instances.ts";
import { NOW, type OpenStore, useStore } from "./fixture.ts";

/** What every `InstanceStore` does. */
export function describeInstanceStore(open: OpenStore): void {
  const current = useStore(open);

  it("a report comes back as it was made", async () => {
    await current.store.instances.reportInstance(report());
    expect(await current.store.instances.listInstances(0)).toEqual([report()]);
  });

  it("the reports of several instances are listed by their ids, each as it was made last", async () => {
    await current.store.instances.reportInstance(report({ id: "b", metrics: "old" }));
    await current.store.instances.reportInstance(report({ id: "a", store: "mongodb", dedupeCache: "redis" }));
    await current.store.instances.reportInstance(report({ id: "b", metrics: "new", reportTime: NOW + 1 }));
    expect(await current.store.instances.listInstances(NOW)).toEqual([
      report({ id: "a", store: "mongodb", dedupeCache: "redis" }),
      report({ id: "b", metrics: "new", reportTime: NOW + 1 }),
    ]);
  });

  it("only reports that are recent enough are listed", async () => {
    await current.store.instances.reportInstance(report({ id: "a" }));
    await current.store.instances.reportInstance(report({ id: "b", reportTime: NOW + 1 }));
    expect(await idsSince(NOW)).toEqual(["a", "b"]);
    expect(await idsSince(NOW + 1)).toEqual(["b"]);
    expect(await idsSince(NOW + 2)).toEqual([]);
  });

  it("a report drops those that are older than a report's life, and no others", async () => {
    await current.store.instances.reportInstance(report({ id: "killed" }));
    await current.store.instances.reportInstance(report({ id: "slow", reportTime: NOW + 1 }));
    await current.store.instances.reportInstance(report({ id: "here", reportTime: NOW + 1 + REPORT_LIFE_MS }));
    expect(await idsSince(0)).toEqual(["here", "slow"]);
  });

  it("an instance that ends is removed, and removing it again changes nothing", async () => {
    await current.store.instances.reportInstance(report({ id: "a" }));
    await current.store.instances.reportInstance(report({ id: "b" }));
    await current.store.instances.removeInstance("a");
    await current.store.instances.removeInstance("a");
    expect(await idsSince(0)).toEqual(["b"]);
  });

  it("metrics of a megabyte are kept whole", async () => {
    const metrics = 'streakd_x{project="é"} 1\n'.repeat(40_000);
    await current.store.instances.reportInstance(report({ metrics }));
    expect((await current.store.instances.listInstances(0))[0]?.metrics === metrics).toBe(true);
  });

  async function idsSince(since: number): Promise<string[]> {
    return (await current.store.instances.listInstances(since)).map(({ id }) => id);
  }
}

/** A report of an instance that has just started, unless said otherwise. */
function report(fields: Partial<InstanceReport> = {}): InstanceReport {
  return {
    id: "i1",
    host: "streakd-1",
    processId: 42,
    version: "0.1.0",
    nodeVersion: "v24.11.0",
    store: "sqlite",
    dedupeCache: "in-process",
    startTime: NOW,
    reportTime: NOW,
    metrics: "# HELP\n",
    ...fields,
  };
}
