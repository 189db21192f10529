import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { makeSigningSecret } from "../support/jwt.ts";
import { findTool, requireTool, root } from "../support/tools.ts";

const run = promisify(execFile);

/** The programs in `examples/signing`, which `docs/signing.md` shows: how each is run, and what shows that it can be. */
const PROGRAMS = [
  { file: "node.mjs", command: [process.execPath], probe: [process.execPath, "--version"] },
  { file: "sign.py", command: ["python3"], probe: ["python3", "--version"] },
  { file: "sign.go", command: ["go", "run"], probe: ["go", "version"] },
  { file: "sign.php", command: ["php"], probe: ["php", "--version"] },
] as const;

/** Go compiles the program first. In milliseconds. */
const TIMEOUT_MS = 120_000;

describe.each(PROGRAMS)("examples/signing/$file", ({ file, command: [program, ...args], probe }) => {
  const path = join(root, "examples/signing", file);
  const tool = findTool(probe, `${probe[0]} is missing: install it, or run scripts/polyglot-clients.sh tools`);

  test("signs an alias token and a user token that streakd takes", { timeout: TIMEOUT_MS }, async (context) => {
    requireTool(context, tool);
    const app = await openApp();
    // The programs sign by the machine's clock.
    app.now = Date.now();
    await app.admin("POST", "/admin/projects", {
      ...{ siteKey: "my_app", signedUsers: "always", widgets: [{ event: "lesson_done" }] },
    });
    const { secret } = await makeSigningSecret(app, "my_app");

    const env = { ...process.env, ALIAS_SIGNING_SECRET: secret };
    const { stdout } = await run(program, [...args, path], { env, timeout: TIMEOUT_MS });
    const [aliasToken, userToken] = stdout.trim().split("\n");

    expect((await app.post("/v1/alias", { token: aliasToken })).status).toBe(204);
    const event = { siteKey: "my_app", userHash: "user_1", event: "lesson_done" };
    const headers = { "X-User-Token": userToken as string };
    expect((await app.post("/v1/e", event, headers)).status).toBe(202);
    const state = await app.get(`/v1/state?${new URLSearchParams(event)}`, headers);
    expect(state.json.streak.current).toBe(1);
  });

  test("is shown in docs/signing.md as it is", async () => {
    const page = await readFile(join(root, "docs/signing.md"), "utf8");
    const [, shown] = page.split(`<!-- examples/signing/${file} -->\n\n`);
    const [, code] = /^```\w+\n([\s\S]*?)```$/m.exec(shown ?? "") ?? [];
    expect(code).toBe(await readFile(path, "utf8"));
  });
});
