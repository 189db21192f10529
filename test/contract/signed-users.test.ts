import { ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, type TestApp, useApp } from "../support/app.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { makeToken } from "../support/tokens.ts";

const shared = useApp();
/** The signing secret of each project: `always`, `browsers` and `never` are named after what they choose. */
const secrets: Record<string, string> = {};

beforeAll(async () => {
  for (const signedUsers of ["always", "browsers", "never"]) {
    secrets[signedUsers] = await makeProject(shared.app, signedUsers);
  }
});

async function makeProject(app: TestApp, signedUsers: string): Promise<string> {
  await app.admin("POST", "/admin/projects", {
    ...{ siteKey: signedUsers, signedUsers, allowedOrigins: ["https://app.example"], widgets: [{ event: "visit" }] },
  });
  return (await makeSigningSecret(app, signedUsers)).secret;
}

/** Signs a user token, of the project that the secret's name says unless the claims say otherwise. */
function tokenOf(siteKey: string, claims: Readonly<Record<string, unknown>> = {}): string {
  return signJwt(secrets[siteKey] ?? "", { siteKey, sub: "ann", exp: secondsFrom(shared.app, 3600), ...claims });
}

/** Records an event and reads a state of `ann`, and returns the status or code of each. */
async function both(siteKey: string, headers: Record<string, string>, app: TestApp = shared.app) {
  const event = { siteKey, userHash: "ann", event: "visit" };
  const answers = [
    await app.post("/v1/e", event, headers),
    await app.get(`/v1/state?${new URLSearchParams(event)}`, headers),
  ];
  return answers.map(({ status, json }) => json.error ?? status);
}

const PAGE = { Origin: "https://app.example" };
const OK = [202, 200];

test("the choice is never unless a project says otherwise, and is kept, changed and spelled as the docs say", async () => {
  const app = await openApp();
  const signedUsers = async () => (await app.admin("GET", "/admin/projects/proj_demo")).json.signedUsers;
  expect(await signedUsers()).toBe("never");
  for (const choice of ["always", "browsers", "never"]) {
    const changed = await app.admin("PATCH", "/admin/projects/proj_demo", { signedUsers: choice });
    expect(changed.json.signedUsers).toBe(choice);
    await app.restart();
    expect(await signedUsers()).toBe(choice);
  }
  const wrong = await app.admin("PATCH", "/admin/projects/proj_demo", { signedUsers: "sometimes" });
  expect(wrong.json).toMatchObject({ error: "INVALID_BODY", field: "signedUsers" });
});

describe("who needs a user token", () => {
  test.each([
    ["never", {}, OK],
    ["never", PAGE, OK],
    ["browsers", {}, OK],
    ["browsers", PAGE, ["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]],
    ["always", {}, ["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]],
    ["always", PAGE, ["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]],
    ["always", { "X-User-Token": "" }, ["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]],
  ])("%s, with the headers %j", async (siteKey, headers, expected) => {
    expect(await both(siteKey, headers)).toEqual(expected);
  });

  test.each(["browsers", "always"])("%s: with one, the user's own calls go through", async (siteKey) => {
    expect(await both(siteKey, { ...PAGE, "X-User-Token": tokenOf(siteKey) })).toEqual(OK);
  });

  test("one that is not asked for is not looked at", async () => {
    expect(await both("never", { ...PAGE, "X-User-Token": "nonsense" })).toEqual(OK);
    expect(await both("browsers", { "X-User-Token": tokenOf("browsers", { exp: 1 }) })).toEqual(OK);
  });

  test.each(["browsers", "always"])("%s: root's token stands in for it", async (siteKey) => {
    const root = { "X-Admin-Token": ADMIN_TOKEN };
    expect(await both(siteKey, root)).toEqual(OK);
    expect(await both(siteKey, { ...root, "X-User-Token": "nonsense" })).toEqual(OK);
    const wrong = { "X-Admin-Token": "wrong", ...PAGE };
    expect(await both(siteKey, wrong)).toEqual(["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]);
  });

  test("a project's token stands in for it in its project, for what its scope allows", async () => {
    const { app } = shared;
    const callWith = async (token: object) => both("always", { "X-Admin-Token": (await makeToken(app, token)).secret });
    const required = "USER_TOKEN_REQUIRED";
    expect(await callWith({ siteKey: "always", scopes: ["events:record"] })).toEqual([OK[0], required]);
    expect(await callWith({ siteKey: "always", scopes: ["states:read"] })).toEqual([required, OK[1]]);
    expect(await callWith({ siteKey: "always", scopes: ["users:manage", "project:manage"] })).toEqual([
      required,
      required,
    ]);
    expect(await callWith({ siteKey: "always", scopes: ["everything"] })).toEqual(OK);
    expect(await callWith({ siteKey: "", scopes: ["events:record", "states:read"] })).toEqual(OK);
    expect(await callWith({ siteKey: "browsers", scopes: ["everything"] })).toEqual([required, required]);
  });

  test("a server's token that does not stand in for it is told why", async () => {
    const { app } = shared;
    const messageFor = async (token: string) =>
      (await app.get("/v1/state?siteKey=always&userHash=ann&event=visit", { "X-Admin-Token": token })).json.message;
    const { secret } = await makeToken(app, { siteKey: "always", scopes: ["events:record"] });
    expect(await messageFor(secret)).toMatch(
      /The token "CI" does not do instead: .* scope states:read for this project\.$/,
    );
    expect(await messageFor(`${secret}x`)).toMatch(/ A token with the scope states:read .* The token is mistyped: /);
  });

  test("a page whose origin is not allowed is refused for that, whatever its token", async () => {
    const headers = { Origin: "https://evil.example", "X-User-Token": tokenOf("always") };
    expect(await both("always", headers)).toEqual(["FORBIDDEN_ORIGIN", "FORBIDDEN_ORIGIN"]);
  });

  test("linking needs none: the alias token is one", async () => {
    const claims = { siteKey: "always", anonymousId: "anon", userHash: "bob", exp: secondsFrom(shared.app, 60) };
    const answer = await shared.app.post("/v1/alias", { token: signJwt(secrets.always ?? "", claims) }, PAGE);
    expect(answer.status).toBe(204);
  });
});

describe("a user token is refused", () => {
  test.each<[string, string, () => string]>([
    ["of another user", "TOKEN_FOR_OTHER_USER", () => tokenOf("always", { sub: "bob" })],
    ["of a user whose name begins alike", "TOKEN_FOR_OTHER_USER", () => tokenOf("always", { sub: "an" })],
    ["of another project", "TOKEN_FOR_OTHER_PROJECT", () => tokenOf("browsers")],
    [
      "signed by another project for this one",
      "INVALID_TOKEN_SIGNATURE",
      () => tokenOf("browsers", { siteKey: "always" }),
    ],
    ["without sub", "TOKEN_CLAIM_MISSING", () => tokenOf("always", { sub: undefined })],
    ["without siteKey", "TOKEN_CLAIM_MISSING", () => tokenOf("always", { siteKey: undefined })],
    ["without exp", "TOKEN_CLAIM_MISSING", () => tokenOf("always", { exp: undefined })],
    ["with a number as sub", "INVALID_TOKEN", () => tokenOf("always", { sub: 1 })],
    ["that is expired", "TOKEN_EXPIRED", () => tokenOf("always", { exp: secondsFrom(shared.app, -60) })],
    ["of more than a day", "TOKEN_TOO_LONG_LIVED", () => tokenOf("always", { exp: secondsFrom(shared.app, 86_460) })],
    ["that is no JWT", "INVALID_TOKEN", () => "nonsense"],
    ["sent twice", "INVALID_TOKEN", () => `${tokenOf("always")}, ${tokenOf("always")}`],
    [
      "with the algorithm none",
      "INVALID_TOKEN_ALGORITHM",
      () => signJwt("", { siteKey: "always", sub: "ann" }, { alg: "none" }),
    ],
    [
      "that is an alias token",
      "TOKEN_CLAIM_MISSING",
      () => tokenOf("always", { sub: undefined, userHash: "ann", anonymousId: "x" }),
    ],
    ["that is longer than any token", "INVALID_TOKEN", () => tokenOf("always", { padding: "x".repeat(6_100) })],
  ])("%s", async (_, code, token) => {
    expect(await both("always", { "X-User-Token": token() })).toEqual([code, code]);
  });

  test("and nothing is recorded, nor read", async () => {
    const app = await openApp();
    await makeProject(app, "always");
    await both("always", { "X-User-Token": tokenOf("always", { sub: "bob" }) }, app);
    const state = await app.admin("GET", "/v1/state?siteKey=always&userHash=ann&event=visit");
    expect(state.json.streak.current).toBe(0);
  });

  test("with a status for each: 401 for the token, 403 for the user", async () => {
    const status = async (token: string) =>
      (await shared.app.get("/v1/state?siteKey=always&userHash=ann&event=visit", { "X-User-Token": token })).status;
    expect(await status("")).toBe(401);
    expect(await status("nonsense")).toBe(401);
    expect(await status(tokenOf("always", { sub: "bob" }))).toBe(403);
  });
});

test("a day's token is good, and is refused when its secret is deleted", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "p", signedUsers: "always", widgets: [{ event: "visit" }] });
  const made = await makeSigningSecret(app, "p");
  const claims = { siteKey: "p", sub: "ann", exp: secondsFrom(app, 86_400), iat: secondsFrom(app, 0) };
  const headers = { "X-User-Token": signJwt(made.secret, claims) };

  expect(await both("p", headers, app)).toEqual(OK);
  app.now += 86_000_000;
  expect(await both("p", headers, app)).toEqual(OK);
  await app.admin("DELETE", `/admin/projects/p/signingSecrets/${made.id}`);
  expect(await both("p", headers, app)).toEqual(["INVALID_TOKEN_SIGNATURE", "INVALID_TOKEN_SIGNATURE"]);
  await makeSigningSecret(app, "p");
  expect(await both("p", headers, app)).toEqual(["INVALID_TOKEN_SIGNATURE", "INVALID_TOKEN_SIGNATURE"]);
});

test("a user token that was good before is refused all the same for another user, another project, and when it expires", async () => {
  const app = await openApp();
  const [secret] = await Promise.all(["always", "browsers"].map((signedUsers) => makeProject(app, signedUsers)));
  const claims = { siteKey: "always", sub: "ann", exp: secondsFrom(app, 600) };
  const headers = { ...PAGE, "X-User-Token": signJwt(secret as string, claims) };
  const codeFor = async (siteKey: string, userHash: string) =>
    (await app.post("/v1/e", { siteKey, userHash, event: "visit" }, headers)).json.error;

  expect(await both("always", headers, app)).toEqual(OK);
  expect(await both("always", headers, app)).toEqual(OK);
  expect(await codeFor("always", "bob")).toBe("TOKEN_FOR_OTHER_USER");
  expect(await codeFor("browsers", "ann")).toBe("TOKEN_FOR_OTHER_PROJECT");
  app.now += 631_000;
  expect(await both("always", headers, app)).toEqual(["TOKEN_EXPIRED", "TOKEN_EXPIRED"]);
});

const transports: [string, (baseUrl: string) => Transport][] = [
  ["Connect JSON over HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect by GET", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true })],
  [
    "Connect binary over h2c",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  ],
  ["gRPC-Web over HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC over h2c", (baseUrl) => createGrpcTransport({ baseUrl })],
];

test.each(transports)("%s carries a user token as metadata, and its refusals", async (_, transport) => {
  const client = createClient(StreakService, transport(shared.app.url));
  const event = { siteKey: "always", userHash: "ann", event: "visit" };
  const calls = async (headers: Record<string, string>) => {
    const reason = (error: unknown) => ConnectError.from(error).findDetails(ErrorInfoSchema)[0]?.reason;
    return [
      await client.recordEvent(event, { headers }).then(({ ok }) => ok, reason),
      await client.getState(event, { headers }).then(({ streak }) => streak?.current, reason),
    ];
  };
  expect(await calls({ "x-user-token": tokenOf("always") })).toEqual([true, 1]);
  expect(await calls({})).toEqual(["USER_TOKEN_REQUIRED", "USER_TOKEN_REQUIRED"]);
  expect(await calls({ "x-user-token": tokenOf("always", { sub: "bob" }) })).toEqual([
    "TOKEN_FOR_OTHER_USER",
    "TOKEN_FOR_OTHER_USER",
  ]);
});

test.each(transports)("%s links with an alias token", async (name, transport) => {
  const client = createClient(StreakService, transport(shared.app.url));
  const claims = { siteKey: "never", anonymousId: `anon ${name}`, userHash: "user", exp: secondsFrom(shared.app, 60) };
  await client.aliasWithToken({ token: signJwt(secrets.never ?? "", claims) });
  const error = await client.aliasWithToken({ token: signJwt("wrong", claims) }).catch(ConnectError.from);
  expect((error as ConnectError).findDetails(ErrorInfoSchema)[0]?.reason).toBe("INVALID_TOKEN_SIGNATURE");
});
