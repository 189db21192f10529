import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Db, MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { newFolder } from "../support/folder.ts";
import { useOwnMongo } from "../support/mongo.ts";
import { type Server, startServer } from "../support/server.ts";
import { SOAK } from "../support/soak.ts";
import { readAll, send } from "./audit-client.ts";

/** How often the server is killed, and after how many more answers each time. */
const ROUNDS = 3 * SOAK;
const ANSWERS_PER_ROUND = 20;
const CLIENTS = 4;

const mongo = useOwnMongo();

test.each<[string, () => Record<string, string>]>([
  ["SQLite", () => ({})],
  ["MongoDB", () => ({ MONGODB_URI: mongo.server.uri() })],
])("on %s, killed with -9 between changes again and again, no change is without its entry", async (_, settings) => {
  const dataDir = await newFolder();
  const env = settings();
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
    const server = await startServer({ dataDir, env });
    for (const siteKey of siteKeys) {
      await send(server, "POST", "/admin/projects", { siteKey });
    }
    const enough = acknowledged.size + ANSWERS_PER_ROUND;
    const clients = siteKeys.map((siteKey) => expect(client(server, siteKey)).rejects.toBeInstanceOf(TypeError));
    await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 1 }).toBeGreaterThan(enough);
    expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
    await Promise.all(clients);
  }

  const server = await startServer({ dataDir, env });
  onTestFinished(() => server.stop());
  const renamed = (await readAll(server)).filter(({ after }) => after?.name?.startsWith("name "));
  const begun = new Set(renamed.map(({ after }) => after?.name));
  expect(begun.size).toBe(renamed.length);
  // The killed server may not have confirmed the last ones, which then are `unknown`.
  expect([...acknowledged].filter((name) => !begun.has(name))).toEqual([]);
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
])("on SQLite, killed with -9 $moment, the entry says that nobody knows", async ({ statement, isMade }) => {
  const dataDir = await newFolder();
  const server = await startServer({ dataDir });
  // It waits if the server happens to write.
  const database = new DatabaseSync(join(dataDir, "streakd.db"), { timeout: 10_000 });
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
  expect((await send(again, "PATCH", "/admin/projects/proj_demo", { name: "Newer" })).status).toBe(200);
  expect(await readAll(again)).toMatchObject([{ outcome: "done" }, { outcome: "unknown" }]);
});

/** The name by which MongoDB knows the connections of the server that is killed. */
const APP_NAME = "killed";

/** How long MongoDB holds up a command of the killed server, in milliseconds: longer than the tests. */
const HELD_UP_MS = 120_000;

test.each<{
  moment: string;
  /** The command at which the server is stopped, and how many of its name come before it. */
  command: string;
  skip: number;
  act: (server: Server, tokenId: string) => Promise<unknown>;
  isReached: (database: Db) => Promise<boolean>;
  method: string;
}>([
  {
    moment: "between the entry and the change",
    ...{ command: "findAndModify", skip: 0, act: rename, method: "UpdateProject" },
    isReached: async (database) => (await database.collection("audit").countDocuments({ outcome: "unknown" })) === 1,
  },
  {
    moment: "between the change and its confirmation",
    // The entry is written by the same command.
    ...{ command: "update", skip: 1, act: rename, method: "UpdateProject" },
    isReached: async (database) => (await database.collection("projects").countDocuments({ name: "New" })) === 1,
  },
  {
    moment: "between the two tokens of a rotation",
    ...{ command: "update", skip: 1, act: rotate, method: "RotateToken" },
    isReached: async (database) => (await database.collection("tokens").countDocuments()) === 2,
  },
])("on MongoDB, killed with -9 $moment, the entry says that nobody knows", async (given) => {
  const uri = new URL(mongo.server.uri());
  uri.searchParams.set("appName", APP_NAME);
  const options = { dataDir: await newFolder(), env: { MONGODB_URI: `${uri}` } };
  const server = await startServer(options);
  const made = await send(server, "POST", "/admin/tokens", { name: "CI", scopes: ["project:manage"] });
  const { id, secret } = (await made.json()) as { id: string; secret: string };
  await readAll(server); // Confirms what was changed so far.
  const hold = { failCommands: [given.command], appName: APP_NAME, blockConnection: true, blockTimeMS: HELD_UP_MS };
  await mongo.server.failCommand({ skip: given.skip }, hold);
  onTestFinished(() => mongo.server.failCommand("off"));
  const client = await new MongoClient(mongo.server.uri()).connect();
  onTestFinished(() => client.close());
  const database = client.db(uri.pathname.slice(1));

  const call = given.act(server, id).catch(() => undefined);
  await expect.poll(() => given.isReached(database), { timeout: 10_000 }).toBe(true);
  expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
  await call;
  await mongo.server.failCommand("off");

  const again = await startServer(options);
  onTestFinished(() => again.stop());
  const [newest, ...earlier] = await readAll(again);
  expect(newest).toMatchObject({ outcome: "unknown", method: `streak.v1.AdminService/${given.method}` });
  expect(new Set(earlier.map(({ outcome }) => outcome))).toEqual(new Set(["done"]));
  // The old token lives on: nobody has the new one.
  expect((await fetch(`${again.url}/admin/projects/proj_demo`, { headers: { "X-Admin-Token": secret } })).status).toBe(
    200,
  );
  // Sending it again is safe, and leaves an entry of its own.
  await given.act(again, id);
  expect((await readAll(again))[0]).toMatchObject({ outcome: "done", method: newest?.method });
});

async function rename(server: Server): Promise<void> {
  const { name } = (await (await send(server, "GET", "/admin/projects/proj_demo")).json()) as { name: string };
  const changed = { name: name === "New" ? "Newer" : "New" };
  expect((await send(server, "PATCH", "/admin/projects/proj_demo", changed)).status).toBe(200);
}

async function rotate(server: Server, tokenId: string): Promise<void> {
  expect((await send(server, "POST", `/admin/tokens/${tokenId}:rotate`, {})).status).toBe(200);
}
