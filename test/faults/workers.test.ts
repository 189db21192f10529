import { expect, onTestFinished, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { type Server, startServer } from "../support/server.ts";

const WORKERS = 2;

const mongo = useMongo();

async function startWorkers(env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = await startServer({ env: { MONGODB_URI: mongo.server.uri(), WORKERS: `${WORKERS}`, ...env } });
  onTestFinished(() => server.stop());
  await expect.poll(() => listening(server)).toHaveLength(WORKERS);
  return server;
}

/** The ids of the processes that have logged that they listen. */
function listening({ output }: Server): number[] {
  return [...output.matchAll(/"pid":(\d+),.*"msg":"listening"/g)].map(([, pid]) => Number(pid));
}

/** How long a caller waits for an answer, in milliseconds. A worker that dies gives none to those it had accepted. */
const ANSWER_TIMEOUT_MS = 1_000;

/** Records an event on a connection of its own, so that any worker may get it, and sends it again until it is taken. */
async function record({ url }: Server, userHash: string): Promise<void> {
  const body = JSON.stringify({ siteKey: "proj_demo", userHash, event: "visit" });
  const attempt = () =>
    fetch(`${url}/v1/e`, {
      method: "POST",
      headers: { Connection: "close" },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  const status = () => attempt().then((answer) => answer.status, String);
  await expect.poll(status, { interval: 1, timeout: 10 * ANSWER_TIMEOUT_MS }).toBe(202);
}

async function counted({ url }: Server, metric: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(
    page
      .split("\n")
      .find((line) => line.startsWith(`${metric} `))
      ?.slice(metric.length),
  );
}

test("workers serve one port and count as one, and one that is killed is replaced without losing an event", async () => {
  const server = await startWorkers();
  const users = Array.from({ length: 100 }, (_, n) => `user ${n}`);
  await Promise.all(users.slice(0, 50).map((user) => record(server, user)));
  expect(await counted(server, 'streakd_events_total{outcome="stored"}')).toBe(50);

  const rest = Promise.all(users.slice(50).map((user) => record(server, user)));
  process.kill(listening(server)[0] as number, "SIGKILL");
  await rest;
  await expect.poll(() => listening(server).length, { timeout: 30_000 }).toBe(WORKERS + 1);

  const states = users.map(async (user) => {
    const query = new URLSearchParams({ siteKey: "proj_demo", userHash: user, event: "visit" });
    const state = (await (await fetch(`${server.url}/v1/state?${query}`)).json()) as { streak: { current: number } };
    return state.streak.current;
  });
  expect(await Promise.all(states)).toEqual(users.map(() => 1));
});

test("workers that can't listen end, and so does what started them, with the reason", async () => {
  const first = await startWorkers();
  const second = startServer({
    env: { MONGODB_URI: mongo.server.uri(), WORKERS: `${WORKERS}`, PORT: `${first.port}` },
  });
  await expect(second).rejects.toThrow(/code 1:.*set PORT to a free one/s);
});
