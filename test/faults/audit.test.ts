import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { type Server, startServer } from "../support/server.ts";
import { SOAK } from "../support/soak.ts";
import { SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";

/** How often the server is killed, and after how many more answers each time. */
const ROUNDS = 3 * SOAK;
const ANSWERS_PER_ROUND = 20;
const CLIENTS = 4;

/** An entry, as far as these tests look into it. */
interface Entry {
  readonly id: string;
  readonly outcome: string;
  readonly siteKey: string;
  readonly after?: { readonly name?: string };
}

function send({ url, adminToken }: Server, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: { "X-Admin-Token": adminToken, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Reads the whole log, a page at a time. */
async function readAll(server: Server): Promise<Entry[]> {
  const entries: Entry[] = [];
  let pageToken = "";
  do {
    const page = (await (await send(server, "GET", `/admin/audit?pageSize=200&pageToken=${pageToken}`)).json()) as {
      entries: Entry[];
      nextPageToken: string;
    };
    entries.push(...page.entries);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return entries;
}

test("killed with -9 between changes again and again, no change is without its entry", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-audit-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  let next = 0;

  /** Renames a project of its own until the connection breaks. */
  async function client(server: Server, siteKey: string): Promise<never> {
    for (;;) {
      const name = `name ${next++}`;
      sent.add(name);
      const answer = await send(server, "PATCH", `/admin/projects/${siteKey}`, { name });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      acknowledged.add(name);
    }
  }

  const siteKeys = Array.from({ length: CLIENTS }, (_, index) => `site_${index}`);
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer({ dataDir });
    for (const siteKey of siteKeys) {
      await send(server, "POST", "/admin/projects", { siteKey });
    }
    const enough = acknowledged.size + ANSWERS_PER_ROUND;
    const clients = siteKeys.map((siteKey) => expect(client(server, siteKey)).rejects.toBeInstanceOf(TypeError));
    await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 1 }).toBeGreaterThan(enough);
    expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
    await Promise.all(clients);
  }

  const server = await startServer({ dataDir });
  onTestFinished(() => server.stop());
  const renamed = (await readAll(server)).filter(({ after }) => after?.name?.startsWith("name "));
  const done = renamed.filter(({ outcome }) => outcome === "done").map(({ after }) => after?.name);
  const begun = new Set(renamed.map(({ after }) => after?.name));
  expect(new Set(done).size).toBe(done.length);
  expect([...acknowledged].filter((name) => !done.includes(name))).toEqual([]);
  expect([...begun].filter((name) => !sent.has(name as string))).toEqual([]);
  for (const siteKey of siteKeys) {
    // What was made and not answered is what the project has now.
    const { name } = (await (await send(server, "GET", `/admin/projects/${siteKey}`)).json()) as { name: string };
    expect(begun).toContain(name);
  }
});

/** A query that takes longer than any test. */
const ENDLESS = `SELECT count(*) FROM ${Array.from("abcdefgh", (name) => `spin ${name}`).join(", ")}`;

test.each([
  { moment: "between the entry and the change", statement: "UPDATE ON projects", isMade: false },
  { moment: "between the change and its confirmation", statement: "UPDATE ON audit", isMade: true },
])("killed with -9 $moment, the entry says that nobody knows", async ({ statement, isMade }) => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-audit-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const server = await startServer({ dataDir });
  const database = new DatabaseSync(join(dataDir, "streakd.db"));
  database.exec(`
    CREATE TABLE spin (n);
    INSERT INTO spin SELECT key FROM json_each('[${Array(100).fill(0)}]');
    CREATE TRIGGER endless BEFORE ${statement} BEGIN ${ENDLESS}; END;
  `);
  const request = send(server, "PATCH", "/admin/projects/proj_demo", { name: "New" }).catch(() => undefined);
  const name = () => JSON.parse(`${database.prepare("SELECT document FROM projects").get()?.document}`).name;
  const entries = () => Number(database.prepare("SELECT count(*) AS entries FROM audit").get()?.entries);
  await expect.poll(() => entries() === 1 && (name() === "New") === isMade, { timeout: 10_000 }).toBe(true);

  expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
  await request;
  database.exec("DROP TRIGGER endless; DROP TABLE spin");
  database.close();

  const again = await startServer({ dataDir });
  onTestFinished(() => again.stop());
  expect(await readAll(again)).toMatchObject([
    { outcome: "unknown", before: { name: "Demo" }, after: { name: "New" } },
  ]);
  const project = (await (await send(again, "GET", "/admin/projects/proj_demo")).json()) as { name: string };
  expect(project.name).toBe(isMade ? "New" : "Demo");
  // Sending it again is safe, and leaves an entry of its own.
  expect((await send(again, "PATCH", "/admin/projects/proj_demo", { name: "New" })).status).toBe(200);
  expect(await readAll(again)).toMatchObject([{ outcome: "done" }, { outcome: "unknown" }]);
});

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
