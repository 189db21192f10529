import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { type Instance, SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";

/** How late an instance may show what another one changed, in milliseconds. */
const VISIBLE_WITHIN_MS = 1_000;

const servers = together(useMongo(), useRedis());

/** Changes the line that the project's widgets show. */
async function change({ server }: Instance, mainMessage: string): Promise<void> {
  const response = await fetch(`${server.url}/admin/projects/${SITE_KEY}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-Admin-Token": server.adminToken },
    body: JSON.stringify({ widgets: [{ event: "visit", settings: { mainMessage } }] }),
  });
  expect(response.status).toBe(200);
}

async function read({ server }: Instance): Promise<string> {
  const response = await fetch(`${server.url}/v1/state?siteKey=${SITE_KEY}&userHash=u&event=visit`);
  return ((await response.json()) as { settings: { mainMessage: string } }).settings.mainMessage;
}

test("a project changed on one instance holds there at once, and on the other for every read that begins a second later", async () => {
  const cluster = await startCluster(servers);
  for (const [here, there] of [cluster.instances, cluster.instances.toReversed()]) {
    const message = `changed on ${here?.server.port}`;
    // Read just before, so that the old one is in each instance's memory.
    await Promise.all(cluster.instances.map(read));
    await change(here as Instance, message);
    const changed = performance.now();

    let began: number;
    let isVisible = false;
    do {
      began = performance.now();
      const [own, other] = await Promise.all([read(here as Instance), read(there as Instance)]);
      expect(own).toBe(message);
      // Once it is visible it stays.
      isVisible ||= other === message;
      expect(other === message).toBe(isVisible);
    } while (began < changed + VISIBLE_WITHIN_MS);
    expect(isVisible).toBe(true);
  }
});

test("a project deleted on one instance is gone there at once, and on the other within a second", async () => {
  const cluster = await startCluster(servers);
  const [here, there] = cluster.instances;
  const status = async ({ server }: Instance) => {
    const body = JSON.stringify({ siteKey: SITE_KEY, userHash: "u", event: "visit" });
    return (await fetch(`${server.url}/v1/e`, { method: "POST", body })).status;
  };
  expect(await Promise.all(cluster.instances.map(status))).toEqual([202, 202]);
  const { url, adminToken } = here.server;
  const deleted = await fetch(`${url}/admin/projects/${SITE_KEY}`, {
    method: "DELETE",
    headers: { "X-Admin-Token": adminToken },
  });
  expect(deleted.status).toBe(204);
  const gone = performance.now();

  let began: number;
  let there202 = 0;
  do {
    began = performance.now();
    expect(await status(here)).toBe(400);
    there202 = await status(there);
  } while (began < gone + VISIBLE_WITHIN_MS);
  expect(there202).toBe(400);
});
