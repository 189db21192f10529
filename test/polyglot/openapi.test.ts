import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { cache, findTool, PREPARATION_MS, prepareClients, requireTool, root, type Tool } from "../support/tools.ts";

const exec = promisify(execFile);

/** How long generating, compiling and running may take on a busy machine, in milliseconds, before it counts as hanging. */
const TIMEOUT_MS = 180_000;

const SOURCES = join(root, "test/polyglot/openapi");
const PYTHON = join(cache, "openapi-python/bin");
const NPM = join(cache, "openapi-npm/node_modules");

let tool: Tool = findTool(
  ["python3", "-c", "import sys, venv, ensurepip; assert sys.version_info >= (3, 11)"],
  "Python is missing: install Python 3.11 or later, with its venv module, to try the clients made from OpenAPI",
);
let server: Server;
/** Holds what is generated, and a link to the packages of npm. */
let folder: string;

beforeAll(async () => {
  if (tool.present) {
    tool = await prepareClients("openapi");
  }
  if (tool.present) {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), "streakd-openapi-"));
    await symlink(NPM, join(folder, "node_modules"));
  }
}, PREPARATION_MS);

afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Runs a program in the folder, and returns what it has written, also to stderr. Rejects with that when it fails. */
async function run(command: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: `${PYTHON}:${process.env.PATH}`,
    STREAKD_URL: server.url,
    ADMIN_TOKEN: server.adminToken,
    PYTHONPATH: join(folder, "streakd-client"),
    PYTHONDONTWRITEBYTECODE: "1",
    NODE_OPTIONS: "--disable-warning=ExperimentalWarning",
  };
  try {
    const { stdout, stderr } = await exec(command, args, { cwd: folder, env, timeout: TIMEOUT_MS });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} failed: ${stdout}${stderr}`, { cause: error });
  }
}

/** The program in a language that docs/openapi.md has. */
async function recipe(language: "ts" | "python"): Promise<string> {
  const page = await readFile(join(root, "docs/openapi.md"), "utf8");
  const [, program] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page) ?? [];
  return program ?? "";
}

/** What the programs print. */
function output(yes: string, project: string): string {
  return [
    `recorded: ${yes}`,
    "streak: 1",
    'refused: The project has no widget for the event "lik". It has "visit", "like".',
    `created: ${project} continuous`,
    "",
  ].join("\n");
}

test("a validator finds nothing wrong with the document, and nothing to improve", async (context) => {
  requireTool(context, tool);
  const { createConfig, lint } = await import(join(NPM, "@redocly/openapi-core/lib/index.js"));
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems: { ruleId: string; message: string }[] = await lint({ ref: `${server.url}/openapi.json`, config });
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test("openapi-typescript makes types without a warning, with which a client calls the server", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  requireTool(context, tool);
  const made = await run(join(NPM, ".bin/openapi-typescript"), `${server.url}/openapi.json`, "--output", "streakd.ts");
  expect(made).not.toMatch(/warn|error|unsupported/i);
  await cp(SOURCES, folder, { recursive: true });
  await writeFile(join(folder, "client.ts"), await recipe("ts"));
  expect(await run(join(NPM, ".bin/tsc"), "--project", folder)).toBe("");
  expect(await run(process.execPath, "client.ts")).toBe(output("true", "app_ts"));
});

test("openapi-python-client makes a package without a warning, with which a client calls the server", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  requireTool(context, tool);
  const generate = ["generate", "--url", `${server.url}/openapi.json`, "--fail-on-warning"];
  const made = await run("openapi-python-client", ...generate);
  expect(made).toMatch(/^Generating \S+\s*$/);
  await writeFile(join(folder, "client.py"), await recipe("python"));
  // The package's own code is not the matter: what it says about its types is.
  expect(await run("mypy", "--strict", "--follow-imports", "silent", "client.py")).toMatch(/^Success/);
  expect(await run(join(PYTHON, "python"), "client.py")).toBe(output("True", "app_py"));
});
