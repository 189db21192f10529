import { expect, test } from "vitest";
import { useOwnMongo } from "../support/mongo.ts";
import { startMongoProxy } from "../support/mongo-proxy.ts";
import { ownMongoTool } from "../support/mongo-server.ts";
import { type Cluster, type Instance, SITE_KEY, startCluster, together, useRedis } from "./cluster.ts";

/** How long REST callers are taken to wait, and the deadline of those that say one, in milliseconds. */
const REST_MS = 10_000;
const DEADLINE_MS = 1_000;

/**
 * How much later an answer may come on a busy machine, in milliseconds. A call that missed its deadline would be later: the
 * driver looks for a primary for 5 seconds.
 */
const GRACE_MS = 3_000;

/** How often those call that say a deadline: first for what instances remember, then for what they don't any more. */
const ROUNDS = 3;

const servers = together(useOwnMongo(ownMongoTool), useRedis());

interface Answer {
  readonly call: string;
  /** How long the caller waits, in milliseconds. */
  readonly timeoutMs: number;
  /** The status and code, and when to come back as far as it is said. */
  readonly ending: string;
  readonly tookMs: number;
}

const streak = (userHash: string) => ({ siteKey: SITE_KEY, userHash, event: "like" });
/** Of the same day each time, even when midnight passes. */
const event = (userHash: string) => ({ ...streak(userHash), ts: "2024-01-15T12:00:00Z" });

async function call({ server }: Instance, method: string, path: string, body?: unknown, deadlineMs?: number) {
  const start = performance.now();
  const response = await fetch(server.url + path, {
    method,
    headers: {
      "X-Admin-Token": server.adminToken,
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(deadlineMs !== undefined && { "Connect-Timeout-Ms": `${deadlineMs}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const tookMs = Math.round(performance.now() - start);
  const { error, code } = text === "" ? ({} as Record<string, string>) : JSON.parse(text);
  const after = response.headers.has("retry-after") ? `, ${response.headers.get("retry-after")} s` : "";
  const ending = response.ok ? "ok" : `${response.status} ${error ?? code}${after}`;
  return { call: `${method} ${path.replace(/\?.*/, "")}`, timeoutMs: deadlineMs ?? REST_MS, ending, tookMs };
}

const link = { siteKey: SITE_KEY, anonymousId: "cookie", userHash: "ann" };

/** Calls as those do who say no deadline. */
function callRest(instance: Instance, user: string): Promise<Answer>[] {
  return [
    call(instance, "POST", "/v1/e", event(user)),
    call(instance, "GET", `/v1/state?${new URLSearchParams(streak(user))}`),
    call(instance, "POST", "/admin/alias", link),
    call(instance, "GET", `/admin/projects/${SITE_KEY}`),
    call(instance, "PATCH", `/admin/projects/${SITE_KEY}`, { name: "new name" }),
  ];
}

/** Calls as those do who say a deadline. Not by a client that keeps it by itself: it is the server's to be kept. */
function callRpc(instance: Instance, user: string): Promise<Answer>[] {
  const rpc = (method: string, body: unknown) => call(instance, "POST", `/streak.v1.${method}`, body, DEADLINE_MS);
  return [
    rpc("StreakService/RecordEvent", event(user)),
    rpc("StreakService/GetState", streak(user)),
    rpc("AdminService/AliasUser", link),
    rpc("AdminService/GetProject", { siteKey: SITE_KEY }),
  ];
}

/** How a call may end: done, or refused for now. */
const ENDINGS = ["ok", "503 OVERLOADED, 1 s", "504 DEADLINE_EXCEEDED", "503 unavailable, 1 s", "504 deadline_exceeded"];

/**
 * Calls both instances while the database is away, and again once it is back, when all that was said must be true.
 * Answers how many calls were refused.
 */
async function callWhileAway({ instances, stored }: Cluster, back: () => Promise<void>): Promise<number> {
  const patient = Promise.all(instances.flatMap((instance, n) => callRest(instance, `rest ${n}`)));
  const answers: Answer[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    answers.push(...(await Promise.all(instances.flatMap((instance, n) => callRpc(instance, `rpc ${n}`)))));
  }
  answers.push(...(await patient));
  const shown = ({ call, ending, tookMs }: Answer) => `${call}: ${ending} after ${tookMs} ms`;
  expect.soft(answers.filter(({ ending }) => !ENDINGS.includes(ending)).map(shown)).toEqual([]);
  const late = answers.filter(({ tookMs, timeoutMs }) => tookMs > timeoutMs + GRACE_MS);
  expect.soft(late.map(shown)).toEqual([]);

  await back();
  const again = () =>
    instances.flatMap((instance, n) => [...callRest(instance, `rest ${n}`), ...callRpc(instance, `rpc ${n}`)]);
  await expect
    .poll(async () => (await Promise.all(again())).filter(({ ending }) => ending !== "ok"), {
      timeout: 15_000,
      interval: 50,
    })
    .toEqual([]);
  const events = await stored<{ u: string }>("events");
  expect(events.map(({ u }) => u).toSorted()).toEqual(["rest 0", "rest 1", "rpc 0", "rpc 1"]);
  return answers.filter(({ ending }) => ending !== "ok").length;
}

test("while the MongoDB server is killed, every call is answered in time, with 503 and when to come back", async () => {
  const cluster = await startCluster(servers);
  await servers.mongo.kill();
  expect(await callWhileAway(cluster, () => servers.mongo.restart())).toBeGreaterThan(0);
});

test("while no primary exists, every call is answered in time, with 503 and when to come back or as if nothing were", async () => {
  const cluster = await startCluster(servers);
  await servers.mongo.stepDown(5);
  expect(await servers.mongo.isPrimary()).toBe(false);
  await callWhileAway(cluster, async () => {});
});

test("while MongoDB hangs, every call is answered in time, with 503 and when to come back", async () => {
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  proxy.hang();
  expect(await callWhileAway(cluster, async () => proxy.goOn())).toBeGreaterThan(0);
});
