import { expect, test } from "vitest";
import { ADMIN_TOKEN, type Answer, openApp } from "../support/app.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { callAs, makeToken } from "../support/tokens.ts";

test("neither the log at its finest nor /metrics has a secret, the name of a token, or a user", async () => {
  const app = await openApp({ LOG_LEVEL: "trace" });
  const token = await makeToken(app, { name: "name-of-a-token", siteKey: "proj_demo", scopes: ["users:manage"] });
  const { secret } = await makeSigningSecret(app);
  const claims = { siteKey: "proj_demo", exp: secondsFrom(app, 60) };
  const aliasToken = signJwt(secret, { ...claims, anonymousId: "visitor-of-test", userHash: "user-of-test" });
  const userToken = signJwt(secret, { ...claims, sub: "user-of-test" });
  const event = { siteKey: "proj_demo", userHash: "user-of-test", event: "visit" };
  const statuses = [
    await app.admin("PATCH", "/admin/projects/proj_demo", { signedUsers: "always" }),
    await app.post("/v1/e", event, { "X-User-Token": userToken }),
    await app.post("/v1/e", event, { "X-User-Token": `${userToken}x` }),
    await app.post("/v1/alias", { token: aliasToken }),
    await app.get("/v1/state?siteKey=proj_demo&userHash=user-of-test&event=visit", { "X-User-Token": aliasToken }),
    await callAs(app, token.secret, "GET", "/admin/projects/proj_demo/users/visitor-of-test"),
    await callAs(app, token.secret, "GET", "/admin/projects/proj_demo"),
    await callAs(app, `${token.secret}x`, "GET", "/admin/projects/proj_demo/users?prefix=user-of-test"),
    await app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId: "visitor-of-test", userHash: "" }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 202, 401, 204, 401, 200, 403, 401, 400]);

  const { text: metrics } = await app.get("/metrics");
  const log = app.logged.join("");
  expect([metrics.includes("proj_demo"), log.includes("proj_demo")]).toEqual([true, true]);
  const names = ["name-of-a-token", "user-of-test", "visitor-of-test"];
  for (const kept of [ADMIN_TOKEN, token.secret.slice(3, 20), secret.slice(3, 20), aliasToken, userToken, ...names]) {
    expect([metrics.includes(kept), log.includes(kept)], kept).toEqual([false, false]);
  }
});

test("no cache may keep what is read, over REST or by an RPC's GET, refusals too", async () => {
  const app = await openApp();
  const token = await makeToken(app, { scopes: ["everything"] });
  const rpc = (service: string, message: object) =>
    `/streak.v1.${service}?connect=v1&encoding=json&message=${encodeURIComponent(JSON.stringify(message))}`;
  const state = { siteKey: "proj_demo", userHash: "u", event: "visit" };
  for (const path of [
    `/v1/state?${new URLSearchParams(state)}`,
    rpc("StreakService/GetState", state),
    "/admin/projects/proj_demo",
    "/admin/projects/proj_demo/users",
    "/admin/projects/proj_demo/signingSecrets",
    "/admin/tokens",
    "/admin/audit",
    rpc("AdminService/ListTokens", {}),
  ]) {
    const answers: Answer[] = [await callAs(app, token.secret, "GET", path), await app.get(path)];
    expect(answers[0]?.status, path).toBe(200);
    expect(
      answers.map(({ headers }) => headers.get("cache-control")),
      path,
    ).toEqual(["no-store", "no-store"]);
  }
});
