import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, useApp } from "../support/app.ts";
import { secondsFrom, signJwt } from "../support/jwt.ts";
import { callAs, type MadeToken, makeToken, outcomeOf } from "../support/tokens.ts";

// What the holder of a project's token tries in order to reach other projects, or to learn of them. token-scopes.test.ts
// tries every method.

const running = useApp();
let mine: MadeToken;
let theirs: MadeToken;

beforeAll(async () => {
  const { app } = running;
  for (const siteKey of ["mine", "theirs"]) {
    await app.admin("POST", "/admin/projects", { siteKey, widgets: [{ event: "visit" }] });
    for (const userHash of ["ann", "bob"]) {
      await app.post("/v1/e", { siteKey, userHash, event: "visit" });
    }
  }
  mine = await makeToken(app, { siteKey: "mine", scopes: ["everything"] });
  theirs = await makeToken(app, { siteKey: "theirs", scopes: ["everything"] });
  await makeToken(app, { siteKey: "theirs", scopes: ["states:read"] });
});

const asMine = (method: string, path: string, body?: unknown): Promise<Answer> =>
  callAs(running.app, mine.secret, method, path, body);

/** An RPC by GET, as Connect has it. */
const rpcByGet = (method: string, message: object) =>
  `/streak.v1.AdminService/${method}?connect=v1&encoding=json&message=${encodeURIComponent(JSON.stringify(message))}`;

describe("a request that names two projects", () => {
  test.each([
    ["path and body", "PATCH", "/admin/projects/mine", { siteKey: "theirs", name: "Taken" }],
    ["body and path", "PATCH", "/admin/projects/theirs", { siteKey: "mine", name: "Taken" }],
    ["path and mask", "PATCH", "/admin/projects/mine?updateMask=siteKey", { siteKey: "theirs" }],
    ["a query twice", "GET", "/admin/audit?siteKey=mine&siteKey=theirs", undefined],
  ])("%s is INVALID_BODY", async (_, method, path, body) => {
    expect(outcomeOf(await asMine(method, path, body))).toBe("400 INVALID_BODY");
  });

  test.each([
    ["mine first", '{"name": "x", "scopes": ["everything"], "siteKey": "mine", "siteKey": "theirs"}', "403 FORBIDDEN"],
    ["theirs first", '{"name": "x", "scopes": ["everything"], "siteKey": "theirs", "siteKey": "mine"}', "201"],
  ])("in a body, %s, counts by its last, for the check as for the token that is made", async (_, body, outcome) => {
    const headers = { "X-Admin-Token": mine.secret };
    const answer = await running.app.post("/admin/tokens", body, headers);
    expect([outcomeOf(answer), answer.json.siteKey]).toEqual([outcome, outcome === "201" ? "mine" : undefined]);
  });

  test("in body and query takes what the query says for nothing", async () => {
    const body = { name: "x", siteKey: "mine", scopes: ["states:read"] };
    expect((await asMine("POST", "/admin/tokens?token.siteKey=theirs&siteKey=theirs", body)).json.siteKey).toBe("mine");
    await asMine("PATCH", "/admin/projects/mine?project.siteKey=theirs&siteKey=theirs", { name: "Mine" });
    expect((await running.app.admin("GET", "/admin/projects/theirs")).json.name).toBe("theirs");
  });
});

test("an RPC by GET reaches the token's project alone", async () => {
  expect((await asMine("GET", rpcByGet("GetProject", { siteKey: "mine" }))).status).toBe(200);
  for (const method of ["GetProject", "ListUsers", "ListTokens", "ListAuditEntries"]) {
    expect((await asMine("GET", rpcByGet(method, { siteKey: "theirs" }))).status, method).toBe(403);
  }
});

test.each([
  ["GET", "/admin/projects/KEY"],
  ["PATCH", "/admin/projects/KEY"],
  ["DELETE", "/admin/projects/KEY"],
  ["GET", "/admin/projects/mine%2F..%2FKEY"],
  ["GET", "/admin/projects/KEY/users"],
  ["GET", "/admin/projects/KEY/users/ann"],
  ["GET", "/admin/projects/KEY/usage"],
  ["GET", "/admin/projects/KEY/traffic"],
  ["GET", "/admin/projects/KEY/signingSecrets"],
  ["GET", "/admin/audit?siteKey=KEY"],
  ["GET", "/admin/tokens?siteKey=KEY"],
])("%s %s says the same of a project that is there and of one that is not", async (method, path) => {
  const body = method === "PATCH" ? {} : undefined;
  const answers = ["theirs", "nobody"].map((siteKey) => asMine(method, path.replace("KEY", siteKey), body));
  const [there, missing] = await Promise.all(answers);
  expect(outcomeOf(there as Answer)).toBe("403 FORBIDDEN");
  expect(there?.text).not.toContain("theirs");
  expect(there?.text).toBe(missing?.text);
});

test.each([
  ["GET", ""],
  ["POST", ":rotate"],
  ["DELETE", ""],
])("%s of a token%s says the same of another project's and of none", async (method, verb) => {
  const body = method === "POST" ? {} : undefined;
  const ids = [theirs.id, `${theirs.id.slice(0, -3)}xyz`];
  const answers = await Promise.all(ids.map((id) => asMine(method, `/admin/tokens/${id}${verb}`, body)));
  expect(outcomeOf(answers[0] as Answer)).toBe("404 NOT_FOUND");
  expect(answers[0]?.text).toBe(answers[1]?.text);
});

test.each([["/admin/tokens?siteKey=KEY"], ["/admin/projects/KEY/users?"], ["/admin/audit?siteKey=KEY"]])(
  "a page token of another project's %s is none here, and is not needed there",
  async (path) => {
    const { app } = running;
    const page = await app.admin("GET", `${path.replace("KEY", "theirs")}&pageSize=1`);
    const pageToken = page.json.nextPageToken;
    expect(pageToken).not.toBe("");
    const rest = `&pageSize=1&pageToken=${pageToken}`;
    expect(outcomeOf(await asMine("GET", path.replace("KEY", "mine") + rest))).toBe("400 INVALID_BODY");
    expect(outcomeOf(await asMine("GET", path.replace("KEY", "theirs") + rest))).toBe("403 FORBIDDEN");
  },
);

test("who manages a project can be any of its users through a signing secret, and nobody elsewhere", async () => {
  const { app } = running;
  const { secret } = await makeToken(app, { siteKey: "mine", scopes: ["project:manage"] });
  const made = await callAs(app, secret, "POST", "/admin/projects/mine/signingSecrets");
  expect((await callAs(app, secret, "PATCH", "/admin/projects/mine", { signedUsers: "always" })).status).toBe(200);
  const claims = { siteKey: "mine", sub: "ann", exp: secondsFrom(app, 60) };
  const headers = { "X-User-Token": signJwt(made.json.secret, claims) };
  expect((await app.get("/v1/state?siteKey=mine&userHash=ann&event=visit", headers)).json.streak.current).toBe(1);

  const list = await callAs(app, secret, "GET", "/admin/projects/mine/users");
  const elsewhere = await callAs(app, secret, "POST", "/admin/projects/theirs/signingSecrets");
  expect([list, elsewhere].map(outcomeOf)).toEqual(["403 FORBIDDEN", "403 FORBIDDEN"]);
});
