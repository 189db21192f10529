import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";
import { callSignedIn, cookieOf, OWN_PAGE, signIn, trySignIn } from "../support/sign-in.ts";
import { makeToken, outcomeOf } from "../support/tokens.ts";
import { describeSessionLives } from "./session-lives.ts";

describeSessionLives(() => openApp());

const running = useApp();

test("over cleartext the cookie is for our own pages alone, out of reach of scripts, and ends in time", async () => {
  const { headers } = await trySignIn(running.app, ADMIN_TOKEN);
  expect(headers.get("Set-Cookie")).toMatch(
    /^streakd_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  expect(headers.has("Access-Control-Allow-Origin")).toBe(false);
});

test("behind a proxy that has TLS, the cookie goes over TLS alone, and no other host can plant it", async () => {
  const { app } = running;
  const proxied = { "X-Forwarded-Proto": "https" };
  const answer = await trySignIn(app, ADMIN_TOKEN, proxied);
  expect(answer.headers.get("Set-Cookie")).toMatch(
    /^__Host-streakd_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const cookie = cookieOf(answer);
  const call = async (cookie: string, headers: Record<string, string>) =>
    outcomeOf(await callSignedIn(app, cookie, "GET", "/admin/projects", undefined, { ...OWN_PAGE, ...headers }));
  expect(await call(cookie, proxied)).toBe("200");
  expect(await call(cookie, { "X-Forwarded-Proto": "https, http" })).toBe("200");
  expect(await call(cookie.replace("__Host-", ""), proxied)).toBe("401 UNAUTHORIZED");
  expect(await call(cookie, {})).toBe("401 UNAUTHORIZED");
});

test("the data folder holds neither the secret of a session nor its token", async () => {
  const app = await openApp();
  const { secret } = await makeToken(app, { scopes: ["everything"] });
  const cookie = await signIn(app, secret);
  const database = new DatabaseSync(join(app.dataDir, "streakd.db"), { readOnly: true });
  const rows = JSON.stringify(database.prepare("SELECT * FROM sessions").all());
  database.close();
  expect(rows).toContain("token_hash");
  for (const kept of [secret, cookie.split("=")[1] as string]) {
    expect(rows).not.toContain(kept);
  }
});

test.each([
  ["no cookie", ""],
  ["a malformed cookie", "streakd_session=abc"],
  ["an empty cookie", "streakd_session="],
  ["another cookie", `other=${"a".repeat(43)}`],
  ["an unknown session", `streakd_session=${"a".repeat(43)}`],
])("with %s nobody has signed in", async (_, cookie) => {
  const { app } = running;
  for (const path of ["/admin/session", "/admin/projects"]) {
    const answer = await callSignedIn(app, cookie, "GET", path);
    expect(outcomeOf(answer)).toBe("401 UNAUTHORIZED");
  }
});

test("a session is found among other cookies, and a token in a header goes before it", async () => {
  const { app } = running;
  const cookie = `a=b; ${await signIn(app, ADMIN_TOKEN)}; c=d`;
  expect((await callSignedIn(app, cookie, "GET", "/admin/projects")).status).toBe(200);
  const { secret } = await makeToken(app, { name: "CI", scopes: ["events:record"] });
  const both = { ...OWN_PAGE, "X-Admin-Token": secret };
  const refused = await callSignedIn(app, cookie, "GET", "/admin/projects", undefined, both);
  expect(refused.json.message).toBe('The token "CI" lacks the scope project:manage. It has events:record.');
});

test("methods for anyone take no notice of a session: where a project asks for a user token, none stands in", async () => {
  const { app } = running;
  await app.admin("POST", "/admin/projects", {
    ...{ siteKey: "signed", signedUsers: "always", widgets: [{ event: "visit" }] },
  });
  const cookie = await signIn(app, ADMIN_TOKEN);
  const event = { siteKey: "signed", userHash: "u", event: "visit" };
  expect(outcomeOf(await callSignedIn(app, cookie, "POST", "/v1/e", event))).toBe("401 USER_TOKEN_REQUIRED");
  const path = `/v1/state?${new URLSearchParams(event)}`;
  expect(outcomeOf(await callSignedIn(app, cookie, "GET", path))).toBe("401 USER_TOKEN_REQUIRED");
  const demo = { ...event, siteKey: "proj_demo" };
  const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
  expect(outcomeOf(await callSignedIn(app, cookie, "POST", "/v1/e", demo, foreign))).toBe("403 FORBIDDEN_ORIGIN");
});

test("the audit log names the token of a session as the actor, and the address", async () => {
  const app = await openApp();
  const { id, secret } = await makeToken(app, { name: "Ann", siteKey: "proj_demo", scopes: ["project:manage"] });
  for (const token of [secret, ADMIN_TOKEN]) {
    const cookie = await signIn(app, token);
    const path = "/admin/projects/proj_demo";
    expect((await callSignedIn(app, cookie, "PATCH", path, { name: `By ${token}` })).status).toBe(200);
  }
  const { json } = await app.admin("GET", "/admin/audit?siteKey=proj_demo");
  expect(json.entries.slice(0, 2)).toMatchObject([
    { actor: "root", address: "127.0.0.1", method: "streak.v1.AdminService/UpdateProject" },
    { actor: id, actorName: "Ann", address: "127.0.0.1", method: "streak.v1.AdminService/UpdateProject" },
  ]);
});

test("wrong tokens at the sign-in are refused as in headers, and counted with them", async () => {
  const app = await openApp();
  const wrong = ["mistyped", "sk_mistyped", "x".repeat(1024)];
  for (const impossible of ["", "x".repeat(1025)]) {
    expect(outcomeOf(await trySignIn(app, impossible))).toBe("400 INVALID_BODY");
  }
  for (let i = 0; i < 20; i += 1) {
    const answer = await trySignIn(app, wrong[i % 3] as string);
    expect(outcomeOf(answer)).toBe("401 UNAUTHORIZED");
    expect(answer.json.message).toMatch(/^The token is mistyped/);
    expect(answer.headers.has("Set-Cookie")).toBe(false);
  }
  expect(outcomeOf(await trySignIn(app, "mistyped"))).toBe("429 RATE_LIMITED");
  expect(outcomeOf(await app.get("/admin/projects", { "X-Admin-Token": "mistyped" }))).toBe("429 RATE_LIMITED");
  expect((await trySignIn(app, ADMIN_TOKEN)).status).toBe(201);
});

test("an expired token can't sign in, and the answer says why", async () => {
  const app = await openApp();
  const expireTime = new Date(app.now + 1000).toISOString();
  const { secret } = await makeToken(app, { scopes: ["everything"], expireTime });
  app.now += 1000;
  const answer = await trySignIn(app, secret);
  expect([outcomeOf(answer), answer.json.message]).toEqual([
    "401 UNAUTHORIZED",
    "The token has expired. Make a new one.",
  ]);
});

test("a page whose token was revoked is told so for as long as it asks: that is no flood of wrong tokens", async () => {
  const app = await openApp();
  const { id, secret } = await makeToken(app, { scopes: ["everything"] });
  const cookie = await signIn(app, secret);
  await app.admin("DELETE", `/admin/tokens/${id}`);
  for (let i = 0; i < 30; i += 1) {
    const answer = await callSignedIn(app, cookie, "GET", "/admin/projects");
    expect(answer.json).toMatchObject({
      error: "UNAUTHORIZED",
      message: expect.stringContaining("its token is not valid any more"),
    });
  }
  expect(outcomeOf(await trySignIn(app, "mistyped"))).toBe("401 UNAUTHORIZED");
});

test("whoever tries cookies is refused as whoever tries tokens, and valid sessions still pass", async () => {
  const app = await openApp();
  const cookie = await signIn(app, ADMIN_TOKEN);
  const guess = (i: number) => `streakd_session=${String(i).padStart(43, "a")}`;
  for (let i = 0; i < 20; i += 1) {
    expect(outcomeOf(await callSignedIn(app, guess(i), "GET", "/admin/projects"))).toBe("401 UNAUTHORIZED");
  }
  expect(outcomeOf(await callSignedIn(app, guess(20), "GET", "/admin/projects"))).toBe("429 RATE_LIMITED");
  expect(outcomeOf(await callSignedIn(app, cookie, "GET", "/admin/projects"))).toBe("200");
  expect(outcomeOf(await callSignedIn(app, guess(21), "GET", "/admin/session"))).toBe("401 UNAUTHORIZED");
  expect((await trySignIn(app, ADMIN_TOKEN, { Cookie: guess(22) })).status).toBe(201);
});
