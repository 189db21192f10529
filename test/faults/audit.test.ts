import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { readAll, send } from "./audit-client.ts";
import { SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";

const servers = together(useMongo(), useRedis());

test("two instances write one log, which both read, and each entry once", async () => {
  const { instances } = await startCluster(servers);
  const [here, there] = instances;
  const names = Array.from({ length: 20 }, (_, index) => `name ${index}`);
  const statuses = await Promise.all(
    names.map(async (name, index) => {
      const { server } = index % 2 === 0 ? here : there;
      return (await send(server, "PATCH", `/admin/projects/${SITE_KEY}`, { name })).status;
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));

  // Each confirms its own changes before it lists them.
  await Promise.all([readAll(here.server), readAll(there.server)]);
  const [log, other] = await Promise.all([readAll(here.server), readAll(there.server)]);

  expect(other).toEqual(log);
  const renamed = log.filter(({ siteKey }) => siteKey === SITE_KEY).map(({ after }) => after?.name);
  expect(renamed.toSorted()).toEqual([SITE_KEY, ...names].toSorted());
  expect(new Set(log.map(({ outcome }) => outcome))).toEqual(new Set(["done"]));
  const ids = log.map(({ id }) => id);
  expect(ids.toSorted().toReversed()).toEqual(ids);
});

test("refused attempts at either instance are counts in one log", async () => {
  const { instances } = await startCluster(servers);
  for (const { server } of instances) {
    for (let attempt = 0; attempt < 2; attempt++) {
      const headers = { "X-Admin-Token": "a wrong one" };
      expect((await fetch(`${server.url}/admin/projects`, { headers })).status).toBe(401);
    }
  }
  // A server that is told to stop writes down what it has counted.
  await instances[0].server.stop();
  await instances[0].restart();
  await instances[1].server.stop();
  await instances[1].restart();

  const response = await send(instances[0].server, "GET", "/admin/audit?actor=anonymous");

  const { entries } = (await response.json()) as { entries: unknown[] };
  const refused = { outcome: "refused", code: "UNAUTHORIZED", count: 2, address: "127.0.0.1" };
  expect(entries).toMatchObject([refused, refused]);
  const log = JSON.stringify(await readAll(instances[1].server));
  expect(log).not.toContain("a wrong one");
  expect(log).not.toContain(instances[0].server.adminToken);
});
