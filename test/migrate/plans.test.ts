import { expect, it } from "vitest";
import { gateOf, type Plan } from "#src/domain/plans.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY_MS, gated, NOW, project, recordGated } from "../store/conformance/fixture.ts";
import { useMongo } from "../support/mongo.ts";
import { migrateHere, newFolder, openBoth } from "./support.ts";

const mongo = useMongo();

const PLAN: Plan = { name: "custom", activeStreakers: 3, overLimit: "reject", since: NOW - 60 * DAY_MS };

/** A project with a plan, two active users who have seats, and one who came while the plan accepted. */
async function fill(store: Stores): Promise<void> {
  await store.projects.createProject(project({ plan: PLAN }));
  await store.projects.createProject(project({ id: "p2", siteKey: "site_2" }));
  await recordGated(store, [gated(3, {}, PLAN.since), gated(3, { userHash: "bob" }, PLAN.since)]);
  await store.events.record([checkIn({ userHash: "cat" })], NOW);
  await store.usage.addRejected("p1", "2024-01", 5);
}

it("carries plans on, and lets in as many as before: every active user counts", async () => {
  const uri = mongo.server.uri();
  const folder = await newFolder(fill);
  expect(await migrateHere(folder, uri)).toMatchObject({ complete: true });

  const [, migrated] = await openBoth(folder, uri);
  const { plan } = (await migrated.projects.readProject("site_1")) ?? {};
  expect(plan).toEqual({ ...PLAN, since: NOW });
  expect(await migrated.projects.readProject("site_2")).not.toHaveProperty("plan");
  const gate = gateOf(plan);
  const event = (userHash: string) => checkIn({ userHash, ...(gate && { gate }) });
  expect(await recordGated(migrated, ["dan", "ann", "bob", "cat"].map(event))).toEqual([
    "full",
    "repeat",
    "repeat",
    "repeat",
  ]);
});

it("carries the number of rejected events on, and compares it", async () => {
  const uri = mongo.server.uri();
  const folder = await newFolder(fill);
  const { output } = await migrateHere(folder, uri);
  expect(output).toMatch(/months with rejected events +1 +\w+ +1 +\w+ +same/);
  const [embedded, migrated] = await openBoth(folder, uri);
  const usage = await embedded.usage.countUsage("p1", ["2024-01"]);
  expect(usage).toMatchObject([{ activeStreakers: 3, rejected: 5 }]);
  expect(await migrated.usage.countUsage("p1", ["2024-01"])).toEqual(usage);
});
