import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import type { Random } from "../support/random.ts";
import { type RawEvent, recount } from "../support/recount.ts";
import { type Server, startServer } from "../support/server.ts";
import { SOAK } from "../support/soak.ts";
import { createServerClient, type Ending, type ServerClient } from "./client.ts";
import { SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";
import { startChoices } from "./seed.ts";

/** How many users may be active, and how many newcomers race for their seats. `SOAK=7` has more than 10,000 of them. */
const LIMIT = 60;
const NEWCOMERS = 1_500 * SOAK;
const CLIENTS = 48;
/** How often an instance is killed meanwhile. */
const KILLS = 2 * SOAK;

/** The month of all events, and a day of it. */
const MONTH = "2024-01";
const AT = Date.parse("2024-01-15T12:00:00Z");

const servers = together(useMongo(), useRedis());

/** What races are run on: one or two servers, of which one can be killed and started again. */
interface Arena {
  /** Returns those that are up. */
  clients(): ServerClient[];
  server(): Server;
  killAndRestart(): Promise<void>;
}

test("of two instances with -9 in between, newcomers and aliases take every last seat, and none too many", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const arena: Arena = {
    clients: () => cluster.instances.flatMap(({ client }) => client ?? []),
    server: () => cluster.instances[0].server,
    async killAndRestart() {
      const instance = random.pick(cluster.instances);
      await instance.kill();
      await instance.restart();
    },
  };
  const race = await runRace(arena, random);
  await cluster.passTimeAfterClaims();
  await fillUp(arena, race);
  const stored = await cluster.stored<{ u: string; event: string; type: string; day: number }>("events");
  await compareUsage(
    arena,
    stored.map(({ u, ...event }) => ({ userHash: u, ...event })),
  );
});

test("of an embedded server with -9 in between, newcomers and aliases take every last seat, and none too many", async () => {
  const random = startChoices();
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-seats-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  let server = await startServer({ dataDir });
  let client: ServerClient | undefined = createServerClient(server);
  onTestFinished(() => server.stop());
  await admin(server, "POST", "/admin/projects", { siteKey: SITE_KEY, widgets: [{ event: "like" }] });
  const arena: Arena = {
    clients: () => (client === undefined ? [] : [client]),
    server: () => server,
    async killAndRestart() {
      expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
      client?.close();
      client = undefined;
      server = await startServer({ dataDir });
      client = createServerClient(server);
    },
  };
  await fillUp(arena, await runRace(arena, random));
  const database = new DatabaseSync(join(dataDir, "streakd.db"), { readOnly: true });
  onTestFinished(() => database.close());
  const events = database.prepare(
    "SELECT user_hash AS userHash, event, type, day FROM events WHERE project_id = (SELECT id FROM projects WHERE site_key = ?)",
  );
  await compareUsage(arena, events.all(SITE_KEY) as unknown as RawEvent[]);
});

/** What became of a race: who is active, by the name that the user has been linked to. */
class Race {
  readonly active = new Set<string>();
  refused = 0;
  links = 0;
}

/** Has newcomers race for the seats, links some of those who are in, and kills servers. */
async function runRace(arena: Arena, random: Random): Promise<Race> {
  const plan = { name: "custom", activeStreakers: LIMIT, overLimit: "reject" };
  await admin(arena.server(), "PATCH", `/admin/projects/${SITE_KEY}`, { plan });
  const race = new Race();
  let next = 0;
  let isOver = false;

  async function newcomers(): Promise<void> {
    while (next < NEWCOMERS) {
      const userHash = `newcomer_${next++}`;
      if (await comes(arena, random, userHash)) {
        race.active.add(userHash);
      } else {
        race.refused += 1;
      }
    }
  }

  async function linker(): Promise<void> {
    while (!isOver) {
      const [alias, user] = [...race.active].slice(-2);
      if (alias === undefined || user === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      race.active.delete(alias);
      race.active.delete(user);
      await untilAnswered(arena, random, (client) => client.link(SITE_KEY, alias, user));
      race.active.add(user);
      race.links += 1;
    }
  }

  async function killer(): Promise<void> {
    for (let kill = 1; kill <= KILLS; kill++) {
      await expect.poll(() => next, { timeout: 60_000, interval: 1 }).toBeGreaterThan((NEWCOMERS * kill) / (KILLS + 2));
      await arena.killAndRestart();
    }
  }

  const linking = linker();
  await Promise.all([...Array.from({ length: CLIENTS }, newcomers), killer()]);
  isOver = true;
  await linking;
  expect(race.refused).toBeGreaterThan(0);
  expect(race.links).toBeGreaterThan(5);
  // Those who were accepted are all in, and they were never too many.
  const { activeStreakers } = await usage(arena);
  expect(activeStreakers).toBeGreaterThanOrEqual(race.active.size);
  expect(activeStreakers).toBeLessThanOrEqual(LIMIT);
  return race;
}

/** Sends more newcomers until they are refused. Then there are as many active users as the limit says. */
async function fillUp(arena: Arena, race: Race): Promise<void> {
  const random = startChoices();
  let late = 0;
  while (await comes(arena, random, `late_${late}`)) {
    late += 1;
    expect(late).toBeLessThanOrEqual(LIMIT);
  }
  expect((await usage(arena)).activeStreakers).toBe(LIMIT);
  // Whoever is in goes on.
  for (const userHash of [...race.active].slice(0, 20)) {
    expect(await comes(arena, random, userHash)).toBe(true);
  }
}

async function compareUsage(arena: Arena, events: readonly RawEvent[]): Promise<void> {
  expect(await usage(arena)).toMatchObject({ ...recount(events, MONTH) });
}

/** Sends the event of a user until it is answered. Returns whether it was accepted. */
async function comes(arena: Arena, random: Random, userHash: string): Promise<boolean> {
  const event = { siteKey: SITE_KEY, userHash, event: "like", type: "streak_interaction", at: AT } as const;
  const ending = await untilAnswered(arena, random, (client) => client.record("rest", event));
  if (ending !== "ok") {
    expect(ending).toMatch(/^429 \{"error":"PLAN_LIMIT_REACHED"/);
  }
  return ending === "ok";
}

/** Calls one of the servers, and again when the connection is lost or the server is busy. */
async function untilAnswered(
  arena: Arena,
  random: Random,
  call: (client: ServerClient) => Promise<Ending>,
): Promise<Ending> {
  for (;;) {
    const clients = arena.clients();
    const ending = clients.length === 0 ? "lost" : await call(random.pick(clients));
    if (ending !== "lost" && ending !== "OVERLOADED") {
      return ending;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function usage(arena: Arena): Promise<Record<string, number>> {
  const path = `/admin/projects/${SITE_KEY}/usage?from=${MONTH}&to=${MONTH}`;
  return (await admin(arena.server(), "GET", path)).months[0];
}

// biome-ignore lint/suspicious/noExplicitAny: an answer's JSON
async function admin(server: Server, method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(server.url + path, {
    method,
    headers: { "Content-Type": "application/json", "X-Admin-Token": server.adminToken },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return JSON.parse(text);
}
