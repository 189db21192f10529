import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { isSecret } from "#src/domain/token-secret.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const shared = useApp();

/** Returns a secret with one character that is another. */
function mistype(secret: string): string {
  const at = 20;
  return secret.slice(0, at) + (secret[at] === "a" ? "b" : "a") + secret.slice(at + 1);
}

test("a refusal tells a missing token from one that is mistyped, unknown, expired or one of two", async () => {
  const app = await openApp();
  const expireTime = new Date(app.now + DAY_MS).toISOString();
  const expired = await makeToken(app, { scopes: ["everything"], expireTime });
  const revoked = await makeToken(app, { scopes: ["everything"] });
  await app.admin("DELETE", `/admin/tokens/${revoked.id}`);
  app.now += DAY_MS;
  const messageFor = async (headers: Record<string, string>) => {
    const { status, json } = await app.get("/admin/projects", headers);
    expect([status, json.error]).toEqual([401, "UNAUTHORIZED"]);
    return json.message;
  };

  const missing = "The token is missing. Send it in the header X-Admin-Token or as a bearer token.";
  expect(await messageFor({})).toBe(missing);
  expect(await messageFor({ Authorization: "Basic eDp5" })).toBe(missing);
  const mistyped = /^The token is mistyped: /;
  expect(await messageFor({ "X-Admin-Token": mistype(revoked.secret) })).toMatch(mistyped);
  expect(await messageFor({ Authorization: `Bearer ${ADMIN_TOKEN}x` })).toMatch(mistyped);
  const unknown = /^The token is unknown: /;
  expect(await messageFor({ "X-Admin-Token": revoked.secret })).toMatch(unknown);
  expect(await messageFor({ Authorization: `Bearer ${revoked.secret}` })).toMatch(unknown);
  expect(await messageFor({ "X-Admin-Token": expired.secret })).toBe("The token has expired. Make a new one.");
  const two = { "X-Admin-Token": revoked.secret, Authorization: `Bearer ${ADMIN_TOKEN}` };
  expect(await messageFor(two)).toMatch(unknown);
});

test("the log says what is wrong with a token, and never has a token or a part of it that could be guessed from", async () => {
  const app = await openApp({ LOG_LEVEL: "trace" });
  const { id, secret } = await makeToken(app, { scopes: ["states:read"] });
  const rotated = await app.admin("POST", `/admin/tokens/${id}:rotate`, {});
  for (const sent of [secret, mistype(secret), rotated.json.secret]) {
    await callAs(app, sent, "GET", "/admin/projects");
    await callAs(app, sent, "POST", "/admin/tokens", { name: sent.slice(0, 5), scopes: ["nothing"] });
    await callAs(app, ADMIN_TOKEN, "GET", `/admin/tokens/${sent}`);
    await app.get("/v1/state", { Authorization: `Bearer ${sent}` });
  }
  const log = app.logged.join("");
  expect(log).toContain('"problem":"mistyped"');
  expect(log).toContain("a wrong token was refused");
  for (const sent of [secret, mistype(secret), rotated.json.secret, ADMIN_TOKEN]) {
    expect(log).not.toContain(sent.slice(0, 12));
  }
});

describe("a token that makes tokens", () => {
  const later = (days: number) => new Date(shared.app.now + days * DAY_MS).toISOString();
  const create = (secret: string, token: object) =>
    callAs(shared.app, secret, "POST", "/admin/tokens", { name: "made", scopes: ["everything"], ...token });

  test("makes none that lives longer than itself, and none without an end when it has one", async () => {
    const { app } = shared;
    const { secret } = await makeToken(app, { scopes: ["everything"], expireTime: later(10) });
    for (const expireTime of [later(10), later(1)]) {
      expect(outcomeOf(await create(secret, { expireTime }))).toBe("201");
    }
    for (const expireTime of [undefined, later(11), "9999-12-31T00:00:00Z"]) {
      const answer = await create(secret, { expireTime });
      expect(outcomeOf(answer)).toBe("403 FORBIDDEN");
      expect(answer.json.message).toContain(`expires at ${later(10)}`);
    }
  });

  test("gets none that lives longer by rotating, be it itself or a token without an end", async () => {
    const { app } = shared;
    const own = await makeToken(app, { scopes: ["everything"], expireTime: later(10) });
    const endless = await makeToken(app, { scopes: ["everything"] });
    // Itself last, since a rotation brings its own end forward.
    for (const { id } of [endless, own]) {
      const longer = await callAs(app, own.secret, "POST", `/admin/tokens/${id}:rotate`, { expireTime: later(11) });
      expect(outcomeOf(longer)).toBe("403 FORBIDDEN");
      const rotated = await callAs(app, own.secret, "POST", `/admin/tokens/${id}:rotate`, {});
      expect(rotated.json.expireTime).toBe(later(10));
    }
  });

  test("makes none for another project or for all when it is a project's", async () => {
    const { secret } = await makeToken(shared.app, { siteKey: "proj_demo", scopes: ["everything"] });
    expect(outcomeOf(await create(secret, { siteKey: "proj_demo" }))).toBe("201");
    for (const siteKey of ["", undefined, null, "none"]) {
      expect(outcomeOf(await create(secret, { siteKey }))).toBe("403 FORBIDDEN");
    }
  });

  test("makes none at all without the scope everything", async () => {
    const scopes = ["events:record", "states:read", "users:manage", "project:manage"];
    const { secret } = await makeToken(shared.app, { scopes });
    expect(outcomeOf(await create(secret, { scopes: ["states:read"] }))).toBe("403 FORBIDDEN");
  });
});

test.each([
  [{ scopes: ["states:read"] }, "name"],
  [{ name: "CI" }, "scopes"],
  [{ name: "CI", scopes: [] }, "scopes"],
  [{ name: "CI", scopes: ["states:write"] }, "scopes[0]"],
  [{ name: "x".repeat(101), scopes: ["states:read"] }, "name"],
  [{ name: "CI", scopes: ["states:read"], siteKey: "a b" }, "siteKey"],
  [{ name: "CI", scopes: ["states:read"], expireTime: "2024-01-12T12:00:00Z" }, "expireTime"],
])("a token like %j is refused, and the answer names %s", async (token, field) => {
  const answer = await shared.app.admin("POST", "/admin/tokens", token);
  expect([outcomeOf(answer), answer.json.field]).toEqual(["400 INVALID_BODY", field]);
});

test.each([
  [{ overlapSeconds: -1 }, "overlapSeconds"],
  [{ overlapSeconds: 30 * 24 * 60 * 60 + 1 }, "overlapSeconds"],
  [{ expireTime: "2020-01-01T00:00:00Z" }, "expireTime"],
])("a rotation with %j is refused, and the answer names %s", async (body, field) => {
  const { id } = await makeToken(shared.app, { scopes: ["states:read"] });
  const answer = await shared.app.admin("POST", `/admin/tokens/${id}:rotate`, body);
  expect([outcomeOf(answer), answer.json.field]).toEqual(["400 INVALID_BODY", field]);
});

test.each([
  ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC", (baseUrl: string) => createGrpcTransport({ baseUrl })],
])("over %s a token is made, used as a bearer token, rotated and revoked", async (_, transport) => {
  const client = createClient(AdminService, transport(shared.app.url));
  const root = { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } };
  const { token } = await client.createToken({ token: { name: "RPC", scopes: [Scope.EVERYTHING] } }, root);
  expect(isSecret(token?.secret ?? "")).toBe(true);
  const own = { headers: { Authorization: `Bearer ${token?.secret}` } };
  const tokenId = token?.id ?? "";

  expect((await client.getToken({ tokenId }, own)).token).toMatchObject({ name: "RPC", scopes: [Scope.EVERYTHING] });
  const rotated = await client.rotateToken({ tokenId, overlapSeconds: 60 }, own);
  expect(isSecret(rotated.token?.secret ?? "")).toBe(true);
  await client.revokeToken({ tokenId }, own);
  await expect(client.getToken({ tokenId }, own)).rejects.toThrow("[unauthenticated] The token is unknown");
  const noScope = client.createToken({ token: { name: "RPC", scopes: [Scope.UNSPECIFIED] } }, root);
  await expect(noScope).rejects.toThrow("[invalid_argument] token.scopes[0] must be one of events:record, ");
});
