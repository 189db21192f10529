// What a program on a server does with the SDK, in any runtime. It prints what it got, as JSON.
import process from "node:process";
import { createClient, ensureUserHash, getVisitorId, StreakdError } from "@streakd/web";

const [baseUrl, adminToken, now, unsteadyUrl] = process.argv.slice(2);
const dayBefore = (days) => new Date(Number(now) - days * 24 * 60 * 60 * 1000);

const client = createClient({ baseUrl, adminToken });
const who = { projectId: "proj_demo", event: "visit", userHash: getVisitorId() };
const recorded = [
  await client.recordEvent({ ...who, ts: dayBefore(1), idempotencyKey: "first" }),
  await client.recordEvent({
    ...who,
    ts: dayBefore(0),
    idempotencyKey: "second",
    meta: { lesson: 7 },
    tz: "Asia/Tokyo",
  }),
  // The key was used, so that this is no third day.
  await client.recordEvent({ ...who, ts: dayBefore(2), idempotencyKey: "first" }),
];
const state = await client.getState(who);

const user = ensureUserHash(undefined, `user of ${who.userHash}`);
await client.aliasUser({ projectId: who.projectId, anonymousId: who.userHash, userHash: user });
const linked = await client.getState({ ...who, userHash: user });

const refused = await client.recordEvent({ ...who, event: "nothing", ts: dayBefore(0) }).catch((error) => error);

const unsteady = createClient({ baseUrl: unsteadyUrl });
const retried = await unsteady.recordEvent(who);
const timedOut = await unsteady.getState(who, { signal: AbortSignal.timeout(100) }).catch((error) => error);
const controller = new AbortController();
const left = unsteady.getState(who, controller).catch((error) => error);
controller.abort(new Error("enough"));

console.log(
  JSON.stringify({
    visitor: who.userHash,
    recorded,
    state,
    linked: linked.streak.current,
    refused: { typed: refused instanceof StreakdError, code: refused.code, status: refused.status },
    retried,
    timedOut: timedOut.name,
    left: (await left).message,
  }),
);
