import { hash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { type Answer, openApp, type TestApp } from "../support/app.ts";

/** Calls with a token. */
async function callWith(
  app: TestApp,
  secret: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer["json"]> {
  const response = await fetch(app.url + path, {
    method,
    headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? undefined : await response.json();
}

async function openWithToken() {
  const app = await openApp();
  const token = { name: "CI", siteKey: "proj_demo", scopes: ["everything"] };
  const { json } = await app.admin("POST", "/admin/tokens", token);
  return { app, token: json as { id: string; secret: string } };
}

test("a token's changes are its own, by id and name, and its project's log is all that it reads", async () => {
  const { app, token } = await openWithToken();
  await app.admin("POST", "/admin/projects", { siteKey: "other" });
  await callWith(app, token.secret, "PATCH", "/admin/projects/proj_demo", { name: "By CI" });
  await callWith(app, token.secret, "PATCH", "/admin/projects/other", { name: "By CI" });

  const { entries } = await callWith(app, token.secret, "GET", "/admin/audit?siteKey=proj_demo");
  const refused = await callWith(app, token.secret, "GET", "/admin/audit");

  expect(entries).toMatchObject([
    { actor: token.id, actorName: "CI", method: "streak.v1.AdminService/UpdateProject", after: { name: "By CI" } },
    { actor: "root", method: "streak.v1.AdminService/CreateToken", resource: `tokens/${token.id}` },
  ]);
  expect(refused.error).toBe("FORBIDDEN");
  expect((await app.admin("GET", `/admin/audit?actor=${token.id}`)).json.entries).toHaveLength(1);
  await app.restart();
  expect((await callWith(app, token.secret, "GET", "/admin/audit?siteKey=proj_demo")).entries).toMatchObject([
    {
      actor: token.id,
      outcome: "refused",
      code: "FORBIDDEN",
      method: "streak.v1.AdminService/ListAuditEntries",
      count: 1,
    },
    {
      actor: token.id,
      outcome: "refused",
      code: "FORBIDDEN",
      method: "streak.v1.AdminService/UpdateProject",
      count: 1,
    },
    {},
    {},
  ]);
});

test("making, rotating and revoking a token have entries that show what the API shows, and no secret", async () => {
  const { app, token } = await openWithToken();
  const rotated = (await app.admin("POST", `/admin/tokens/${token.id}:rotate`, { overlapSeconds: 60 })).json;
  await app.admin("DELETE", `/admin/tokens/${token.id}`);

  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=proj_demo")).json;

  expect(entries).toMatchObject([
    { method: "streak.v1.AdminService/RevokeToken", resource: `tokens/${token.id}`, before: { name: "CI" } },
    {
      method: "streak.v1.AdminService/RotateToken",
      resource: `tokens/${token.id}`,
      before: {},
      after: { expireTime: "2024-01-12T12:01:00Z", successor: { id: rotated.id, scopes: ["everything"] } },
    },
    {
      method: "streak.v1.AdminService/CreateToken",
      resource: `tokens/${token.id}`,
      after: { id: token.id, name: "CI", siteKey: "proj_demo", scopes: ["everything"] },
    },
  ]);
  const database = new DatabaseSync(join(app.dataDir, "streakd.db"), { readOnly: true });
  const stored = JSON.stringify(database.prepare("SELECT * FROM audit").all());
  database.close();
  for (const { secret } of [token, rotated]) {
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(hash("sha256", secret));
  }
});
