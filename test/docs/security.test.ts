import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ADMIN_TOKEN, openApp } from "../support/app.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { callAs, makeToken } from "../support/tokens.ts";
import { findTool, requireTool, root } from "../support/tools.ts";

const run = promisify(execFile);
const CURL = findTool(["curl", "--version"], "curl is missing: install it to try the commands of docs/security.md");

const page = readFileSync(join(root, "docs/security.md"), "utf8");

test("each threat of docs/security.md names a test that holds it", () => {
  const [, table = ""] = /^## Threats\n([\s\S]*?)^## /m.exec(page) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| ") && !/^\| (threat|-)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  // links.test.ts checks that the files are there.
  expect(rows.filter((row) => !/\]\(\.\.\/test\/[\w/-]+\.test\.ts\)/.test(row))).toEqual([]);
});

test("the commands of docs/security.md end what has leaked", async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  await app.admin("POST", "/admin/projects", {
    siteKey: "my_app",
    signedUsers: "always",
    widgets: [{ event: "visit" }],
  });
  const leaked = await makeToken(app, { siteKey: "my_app", scopes: ["everything"] });
  const other = await makeToken(app, { siteKey: "my_app", scopes: ["states:read"] });
  const made = await makeToken(app, { siteKey: "my_app", scopes: ["states:read"] }, leaked.secret);
  const secret = await makeSigningSecret(app, "my_app");
  const userToken = signJwt(secret.secret, { siteKey: "my_app", sub: "ann", exp: secondsFrom(app, 600) });
  const state = "/v1/state?siteKey=my_app&userHash=ann&event=visit";
  const statusAs = async (token: string) => (await callAs(app, token, "GET", state)).status;
  expect((await app.get(state, { "X-User-Token": userToken })).status).toBe(200);

  const env = {
    ...{ PATH: process.env.PATH, ADMIN_TOKEN, TOKEN_ID: leaked.id, OTHER_TOKEN_ID: other.id, SECRET_ID: secret.id },
  };
  const blocks = Array.from(page.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, text = ""]) => text);
  let printed = "";
  for (const block of blocks) {
    const commands = block
      .replaceAll("http://localhost:8080", app.url)
      .replaceAll("curl ", "curl -sS --fail-with-body ");
    printed += (await run("bash", ["-ec", commands], { env })).stdout;
  }

  expect(printed).toContain(leaked.prefix);
  expect(printed).toContain(`"resource":"tokens/${made.id}"`);
  expect(await statusAs(leaked.secret)).toBe(401);
  expect([await statusAs(other.secret), await statusAs(made.secret)]).toEqual([200, 200]);
  app.now += 3_600_000;
  expect(await statusAs(other.secret)).toBe(401);
  expect((await app.get(state, { "X-User-Token": userToken })).json.error).toBe("INVALID_TOKEN_SIGNATURE");
  const { json } = await app.admin("GET", "/admin/projects/my_app/signingSecrets");
  expect(json.signingSecrets).toHaveLength(1);
  expect(json.signingSecrets[0].id).not.toBe(secret.id);
});
