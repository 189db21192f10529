import { describe, expect, test } from "vitest";
import { describeTokenLives } from "../contract/token-lives.ts";
import { ADMIN_TOKEN, openApp, type TestApp } from "../support/app.ts";
import { useMongo } from "../support/mongo.ts";
import { startMongoProxy } from "../support/mongo-proxy.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";
import { waitUntil } from "../support/wait-until.ts";

/** Within how many milliseconds every instance has to refuse a token that another one has revoked. */
const REVOKED_WITHIN_MS = 1000;

const CLIENTS = 20;

const mongo = useMongo();

describe("tokens in MongoDB", () => describeTokenLives(() => openApp({ MONGODB_URI: mongo.server.uri() })));

/** A call with a token: when it began, and how it ended. */
interface Use {
  readonly began: number;
  readonly outcome: string;
}

/** Calls with a token again and again, from many clients at once, until it is stopped. */
function startUsing(app: TestApp, secret: string) {
  const uses: Use[] = [];
  let isOn = true;
  async function client(): Promise<void> {
    while (isOn) {
      const began = performance.now();
      uses.push({ began, outcome: outcomeOf(await callAs(app, secret, "GET", "/admin/projects/proj_demo")) });
    }
  }
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    uses,
    async stop() {
      isOn = false;
      await Promise.all(clients);
    },
  };
}

test.each<[string, (app: TestApp, id: string) => Promise<unknown>, string]>([
  ["revoked", (app, id) => app.admin("DELETE", `/admin/tokens/${id}`), "401 UNAUTHORIZED"],
  [
    "rotated without an overlap",
    (app, id) => app.admin("POST", `/admin/tokens/${id}:rotate`, { overlapSeconds: 0 }),
    "401 UNAUTHORIZED",
  ],
])("a token that is %s on one instance is refused by another within a second, under load", async (_, end, refusal) => {
  const env = { MONGODB_URI: mongo.server.uri() };
  const [one, other] = await Promise.all([openApp(env), openApp(env)]);
  const { id, secret } = await makeToken(one, { siteKey: "proj_demo", scopes: ["project:manage"] });
  const load = startUsing(other, secret);
  await waitUntil(() => load.uses.length > 5 * CLIENTS);

  await end(one, id);
  const ended = performance.now();
  expect(outcomeOf(await callAs(one, secret, "GET", "/admin/projects/proj_demo"))).toBe(refusal);
  const late = () => load.uses.filter(({ began }) => began > ended + REVOKED_WITHIN_MS);
  await waitUntil(() => late().length > CLIENTS);
  await load.stop();

  // So many refusals within a minute are a flood of wrong tokens from one address.
  const refusals = [refusal, "429 RATE_LIMITED"];
  expect(load.uses.map(({ outcome }) => outcome).filter((outcome) => !["200", ...refusals].includes(outcome))).toEqual(
    [],
  );
  expect(load.uses.some(({ outcome }) => outcome === "200")).toBe(true);
  expect(late().filter(({ outcome }) => !refusals.includes(outcome))).toEqual([]);
});

test("while the database is away, a token that has to be looked up gets OVERLOADED, and nobody else notices", async () => {
  const uri = mongo.server.uri();
  const proxy = await startMongoProxy(uri);
  const app = await openApp({ MONGODB_URI: proxy.uriOf(uri) });
  const { secret } = await makeToken(app, { scopes: ["everything"] });
  proxy.hang();

  const wanting = callAs(app, secret, "POST", "/admin/projects", { siteKey: "a b" });
  const mistyped = `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`;
  // None of these needs the database to be answered.
  expect(outcomeOf(await callAs(app, ADMIN_TOKEN, "POST", "/admin/projects", { siteKey: "a b" }))).toBe(
    "400 INVALID_BODY",
  );
  expect(outcomeOf(await callAs(app, mistyped, "POST", "/admin/projects", {}))).toBe("401 UNAUTHORIZED");
  expect(outcomeOf(await app.post("/v1/e", {}))).toBe("400 INVALID_BODY");
  expect((await app.get("/healthz")).status).toBe(200);
  expect((await app.get("/readyz")).status).toBe(200);

  const refused = await wanting;
  expect(outcomeOf(refused)).toBe("503 OVERLOADED");
  expect(refused.headers.get("retry-after")).toBe("1");
  proxy.goOn();
  await waitUntil(async () => (await callAs(app, secret, "GET", "/admin/projects")).status === 200);
});
