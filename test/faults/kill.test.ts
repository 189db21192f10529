import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { SOAK } from "../support/soak.ts";

/** How often the server is killed, and how many more answers it may give before each time. */
const ROUNDS = 3 * SOAK;
const ANSWERS_PER_ROUND = 400;
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

async function send(server: Server, event: Event): Promise<number> {
  const response = await fetch(`${server.url}/v1/e`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: bodyOf(event),
  });
  await response.arrayBuffer();
  return response.status;
}

async function likes(server: Server, userHash: string): Promise<number> {
  const response = await fetch(`${server.url}/v1/state?siteKey=proj_demo&event=like&userHash=${userHash}`);
  return ((await response.json()) as { streak: { current: number } }).streak.current;
}

test("killed with -9 under load again and again, nothing acknowledged is lost and nothing counts twice", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const sent = new Set<string>();
  const acknowledged: Event[] = [];
  let next = 0;

  /** A day of its own for each event, every third with a key, and one in four sent twice at once. */
  async function client(server: Server, answersWanted: number): Promise<void> {
    while (acknowledged.length < answersWanted) {
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

  for (let round = 1; round <= ROUNDS; round++) {
    const server = await startServer({ dataDir });
    const clients = Array.from({ length: CLIENTS }, () =>
      // It ends when its connection breaks, which is what a kill does to it.
      client(server, round * ANSWERS_PER_ROUND * 2).catch((error: unknown) => {
        expect(error).toBeInstanceOf(TypeError);
      }),
    );
    await expect
      .poll(() => acknowledged.length, { timeout: 30_000, interval: 1 })
      .toBeGreaterThan(round * ANSWERS_PER_ROUND);
    expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
    await Promise.all(clients);
  }

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
  for (const { idempotencyKey } of acknowledged) {
    if (idempotencyKey !== undefined) {
      await send(server, { userHash: "user_0", day: 10_000, idempotencyKey });
    }
  }
  expect(await likes(server, "user_0")).toBe(before);
});
