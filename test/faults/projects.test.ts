import { expect, test } from "vitest";
import { type MadeSecret, signJwt } from "../support/jwt.ts";
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

test("a signing secret that is deleted on one instance is refused on the other within a second, and the new one is not", async () => {
  const cluster = await startCluster(servers);
  const [here, there] = cluster.instances;
  const secrets = `${here.server.url}/admin/projects/${SITE_KEY}/signingSecrets`;
  const headers = { "X-Admin-Token": here.server.adminToken };
  const make = async () => (await (await fetch(secrets, { method: "POST", headers })).json()) as MadeSecret;
  const [old, fresh] = [await make(), await make()];
  /** What an instance answers to an alias token of each secret. */
  const link = async ({ server }: Instance) => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const statuses = [old, fresh].map(async ({ secret }) => {
      const token = signJwt(secret, { siteKey: SITE_KEY, anonymousId: "anon", userHash: "user", exp });
      return (await fetch(`${server.url}/v1/alias`, { method: "POST", body: JSON.stringify({ token }) })).status;
    });
    return Promise.all(statuses);
  };
  await expect.poll(() => link(there)).toEqual([204, 204]);
  expect(await link(here)).toEqual([204, 204]);

  expect((await fetch(`${secrets}/${old.id}`, { method: "DELETE", headers })).status).toBe(204);
  const deleted = performance.now();

  let began: number;
  let answered: number[];
  do {
    began = performance.now();
    expect(await link(here)).toEqual([401, 204]);
    answered = await link(there);
    expect(answered[1]).toBe(204);
  } while (began < deleted + VISIBLE_WITHIN_MS);
  expect(answered).toEqual([401, 204]);
});

test("of signing secrets that are made on two instances at once, two are made", async () => {
  const cluster = await startCluster(servers);
  const path = `/admin/projects/${SITE_KEY}/signingSecrets`;
  const made = await Promise.all(
    [...cluster.instances, ...cluster.instances].map(async ({ server: { url, adminToken } }) => {
      return (await fetch(url + path, { method: "POST", headers: { "X-Admin-Token": adminToken } })).status;
    }),
  );
  expect(made.toSorted()).toEqual([201, 201, 409, 409]);
});
