import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { cache, findTool, PREPARATION_MS, prepareClients, requireTool, root, type Tool } from "../support/tools.ts";

const exec = promisify(execFile);
const SOURCES = join(root, "test/polyglot/openapi");

/** Decides about everything that is sent. A failure shows it. */
const SEED = process.env.SCHEMATHESIS_SEED ?? `${randomInt(2 ** 31)}`;

let tool: Tool = findTool(
  ["python3", "-c", "import sys, venv, ensurepip; assert sys.version_info >= (3, 11)"],
  "Python is missing: install Python 3.11 or later, with its venv module, to try the OpenAPI document with schemathesis",
);

beforeAll(async () => {
  if (tool.present) {
    tool = await prepareClients("openapi");
  }
}, PREPARATION_MS);

/** Tries a server against its own document, and returns the report. Rejects with the report when anything is found. */
async function tryOut(server: Server, tokenId: string, ...args: string[]): Promise<string> {
  const command = join(cache, "openapi-python/bin/schemathesis");
  const all = [
    "--config-file",
    join(SOURCES, "schemathesis.toml"),
    "run",
    `${server.url}/openapi.json`,
    "--checks",
    "all",
    "--seed",
    SEED,
    "--no-color",
    ...args,
  ];
  const env = {
    PATH: process.env.PATH,
    PYTHONDONTWRITEBYTECODE: "1",
    SCHEMATHESIS_HOOKS: join(SOURCES, "hooks.py"),
    STREAKD_TOKEN_ID: tokenId,
  };
  try {
    return (await exec(command, all, { cwd: server.dataDir, timeout: 280_000, env })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`with SCHEMATHESIS_SEED=${SEED}:\n${stdout}${stderr}`);
  }
}

/** Creates the projects and the token that hooks.py lets the calls be about. Returns the token's id. */
async function createResources(server: Server): Promise<string> {
  const headers = { "Content-Type": "application/json", "X-Admin-Token": server.adminToken };
  for (const siteKey of ["st_events", "st_changes"]) {
    const response = await fetch(`${server.url}/admin/projects`, {
      method: "POST",
      headers,
      body: JSON.stringify({ siteKey, widgets: [{ event: "like", milestones: [{ target: 3 }] }] }),
    });
    expect(response.status).toBe(201);
  }
  const token = JSON.stringify({ name: "schemathesis", scopes: ["states:read"] });
  const created = await fetch(`${server.url}/admin/tokens`, { method: "POST", headers, body: token });
  return ((await created.json()) as { id: string }).id;
}

test("schemathesis finds no answer to an admin that the OpenAPI document does not promise", async (context) => {
  requireTool(context, tool);
  await using server = await startServer();
  const tokenId = await createResources(server);
  const report = await tryOut(server, tokenId, "--header", `X-Admin-Token: ${server.adminToken}`);
  expect(report).toMatch(/Selected: (\d+)\/\1\s+Tested: \1$/m);
}, 300_000);

test("schemathesis finds no answer to a caller without the admin token that the document does not promise", async (context) => {
  requireTool(context, tool);
  await using server = await startServer();
  const tokenId = await createResources(server);
  // It would warn that all admin calls are refused.
  const report = await tryOut(server, tokenId, "--warnings", "off");
  expect(report).toMatch(/Selected: (\d+)\/\1\s+Tested: \1$/m);
}, 300_000);
