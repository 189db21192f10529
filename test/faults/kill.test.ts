import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { SOAK } from "../support/soak.ts";
import { lockStore } from "../support/store-lock.ts";

/** How often the server is killed, and after how many more answers each time. */
const ROUNDS = 4 * SOAK;
const ANSWERS_PER_ROUND = 100;
const CLIENTS = 32;
const USERS = 20;
const DAY_MS = 86_400_000;

/** What one client was told: the event `like` of this user on this day was accepted. */
interface Event {
  readonly userHash: string;
  readonly day: number;
  readonly idempotencyKey?: string;
}

function bodyOf(event: Event): string {
  const { day, ...rest } = event;
  return JSON.stringify({ siteKey: "proj_demo", event: "like", ts: new Date(day * DAY_MS).toISOString(), ...rest });
}

async function post(server: Server, path: string, body: string): Promise<number> {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${server.adminToken}` },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

function send(server: Server, event: Event): Promise<number> {
  return post(server, "/v1/e", bodyOf(event));
}

/** How many events wait to be stored. */
async function queued({ url }: Server): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^streakd_queue_events (\d+)$/m.exec(page)?.[1]);
}

async function likes(server: Server, userHash: string, siteKey = "proj_demo"): Promise<number> {
  const response = await fetch(`${server.url}/v1/state?siteKey=${siteKey}&event=like&userHash=${userHash}`);
  return ((await response.json()) as { streak: { current: number } }).streak.current;
}

/**
 * Starts the server on a folder and kills it under the load of clients, again and again.
 *
 * @param client sends events until the connection breaks
 * @param accepted returns how many events clients know to be accepted
 */
async function killAgainAndAgain(
  dataDir: string,
  client: (server: Server) => Promise<never>,
  accepted: () => number,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer({ dataDir });
    const enough = accepted() + ANSWERS_PER_ROUND;
    const clients = Array.from({ length: CLIENTS }, () => expect(client(server)).rejects.toBeInstanceOf(TypeError));
    await expect.poll(accepted, { timeout: 30_000, interval: 1 }).toBeGreaterThan(enough);
    // Half of the times nothing can be stored any more. An event that is acknowledged all the same is lost for sure.
    const unlock = round % 2 === 0 ? undefined : lockStore(dataDir);
    if (unlock !== undefined) {
      // The events of the commit that is stuck are not in the queue, and may be all that the clients wait for.
      const queuedWithOneMore = () => {
        send(server, { userHash: "one_more", day: 0 }).catch(() => {});
        return queued(server);
      };
      await expect.poll(queuedWithOneMore, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
    }
    expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
    unlock?.();
    await Promise.all(clients);
  }
}

test("killed with -9 under load again and again, nothing acknowledged is lost and nothing counts twice", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const sent = new Set<string>();
  const acknowledged: Event[] = [];
  let next = 0;

  /**
   * Sends events until the connection breaks: a day of its own for each event, every third with a key, and one in four sent
   * twice at once.
   */
  async function client(server: Server): Promise<never> {
    for (;;) {
      const n = next++;
      const event: Event = {
        userHash: `user_${n % USERS}`,
        day: Math.floor(n / USERS),
        ...(n % 3 === 0 && { idempotencyKey: `key_${n}` }),
      };
      sent.add(`${event.userHash} ${event.day}`);
      const answers = await Promise.all(
        n % 4 === 0 ? [send(server, event), send(server, event)] : [send(server, event)],
      );
      expect(answers.every((status) => status === 202)).toBe(true);
      acknowledged.push(event);
    }
  }

  await killAgainAndAgain(dataDir, client, () => acknowledged.length);

  const server = await startServer({ dataDir });
  onTestFinished(() => server.stop());
  for (let user = 0; user < USERS; user++) {
    const userHash = `user_${user}`;
    const count = await likes(server, userHash);
    const daysOf = (events: Iterable<string>) => [...events].filter((event) => event.startsWith(`${userHash} `)).length;
    const acknowledgedDays = new Set(
      acknowledged.filter((event) => event.userHash === userHash).map((event) => event.day),
    );
    // Those that were sent and not answered may have been stored or not, but no day is ever two.
    expect(count).toBeGreaterThanOrEqual(acknowledgedDays.size);
    expect(count).toBeLessThanOrEqual(daysOf(sent));

    // Every single acknowledged day is there: sending them all again adds none.
    for (const day of acknowledgedDays) {
      expect(await send(server, { userHash, day })).toBe(202);
    }
    expect(await likes(server, userHash)).toBe(count);
  }

  // And so is every acknowledged key: used again for a day that nobody has done, it adds none either.
  const before = await likes(server, "user_0");
  for (const { userHash, idempotencyKey } of acknowledged) {
    if (idempotencyKey !== undefined) {
      await send(server, { userHash, day: 10_000, idempotencyKey });
    }
  }
  expect(await likes(server, "user_0")).toBe(before);
});

test("killed with -9 under load again and again, no acknowledged action is lost and none counts twice", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const widget = { event: "like", mode: "cumulative", rules: { counts: "actions" } };
  const first = await startServer({ dataDir });
  const created = await post(first, "/admin/projects", JSON.stringify({ siteKey: "acts", widgets: [widget] }));
  expect(created, first.output).toBe(201);
  await first.stop();

  const userOf = (n: number) => `user_${n % USERS}`;
  /** Sends the action `n`: two in five have a key, and the others a time of their own. */
  const sendAction = (server: Server, n: number) => {
    const ts = new Date((n % 3) * DAY_MS + n).toISOString();
    const key = n % 5 < 2 ? { idempotencyKey: `key_${n}` } : {};
    return post(server, "/v1/e", JSON.stringify({ siteKey: "acts", event: "like", userHash: userOf(n), ts, ...key }));
  };
  const acknowledged = new Set<number>();
  let next = 0;

  /** Sends actions of three days until the connection breaks: one in four twice at once, and with it an old one again. */
  async function client(server: Server): Promise<never> {
    for (;;) {
      const n = next++;
      const again = n % 4 === 0 ? [n, n / 2] : [];
      const answers = await Promise.all([n, ...again].map((one) => sendAction(server, one)));
      expect(answers.every((status) => status === 202)).toBe(true);
      acknowledged.add(n);
    }
  }

  await killAgainAndAgain(dataDir, client, () => acknowledged.size);

  const server = await startServer({ dataDir });
  onTestFinished(() => server.stop());
  const counts = async () => {
    return await Promise.all(Array.from({ length: USERS }, (_, user) => likes(server, userOf(user), "acts")));
  };
  const before = await counts();
  for (const [user, count] of before.entries()) {
    const mine = (of: Iterable<number>) => [...of].filter((n) => userOf(n) === userOf(user)).length;
    expect(count).toBeGreaterThanOrEqual(mine(acknowledged));
    expect(count).toBeLessThanOrEqual(mine(Array(next).keys()));
  }
  // Every acknowledged action is known: all of them again add none.
  await Promise.all([...acknowledged].map((n) => sendAction(server, n)));
  expect(await counts()).toEqual(before);

  const database = new DatabaseSync(join(dataDir, "streakd.db"), { readOnly: true });
  onTestFinished(() => database.close());
  const kept = database.prepare("SELECT user_hash, count(*) AS actions FROM actions GROUP BY user_hash").all();
  expect(Object.fromEntries(kept.map(({ user_hash, actions }) => [user_hash, actions]))).toEqual(
    Object.fromEntries(before.map((count, user) => [userOf(user), count])),
  );
});
