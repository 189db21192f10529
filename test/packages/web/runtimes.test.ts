import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, useApp } from "../../support/app.ts";
import { openHttpServer } from "../../support/http-server.ts";
import { PREPARATION_MS, requireTool, root, type Tool } from "../../support/tools.ts";
import { type Installed, installPacked, prepareRuntimes, runtime } from "./packed.ts";

const exec = promisify(execFile);

/**
 * How long a program may take, in milliseconds. The SDK's calls time out later, so that a program that a call keeps alive
 * after its end fails.
 */
const PROGRAM_TIMEOUT_MS = 25_000;

const shared = useApp();
let runtimes: Tool;
let installed: Installed;

beforeAll(async () => {
  runtimes = await prepareRuntimes();
  installed = await installPacked();
  await cp(join(root, "test/packages/web/runtimes/program.mjs"), join(installed.folder, "program.mjs"));
}, PREPARATION_MS);
afterAll(() => installed?.[Symbol.asyncDispose]());

/** A server that drops the connection of the first event, and never answers who reads. */
async function openUnsteady() {
  const events: string[] = [];
  const url = await openHttpServer((request, response, body) => {
    if (request.method !== "POST") {
      return;
    }
    events.push(body.toString());
    if (events.length === 1) {
      request.socket.destroy();
    } else {
      response.writeHead(202, { "Content-Type": "application/json" }).end('{"ok":true}');
    }
  });
  return { events, url };
}

/** Runs the program in a runtime, and expects it to have got what it should. */
async function expectToRun(env: NodeJS.ProcessEnv, command: string, ...args: string[]): Promise<void> {
  const { app } = shared;
  const { events, url } = await openUnsteady();
  const { stdout, stderr } = await exec(command, [...args, "program.mjs", app.url, ADMIN_TOKEN, `${app.now}`, url], {
    cwd: installed.folder,
    env,
    timeout: PROGRAM_TIMEOUT_MS,
  });
  expect(stderr).toBe("");
  const printed = JSON.parse(stdout);
  expect(printed).toEqual({
    visitor: expect.stringMatching(/^anon_\d+-\d+-\d+-\d+$/),
    recorded: Array(3).fill({ ok: true, queued: false }),
    state: await app.state({ userHash: printed.visitor }),
    linked: 2,
    refused: { typed: true, code: "INVALID_WIDGET_KIND", status: 400 },
    retried: { ok: true, queued: false },
    timedOut: "TimeoutError",
    left: "enough",
  });
  expect(printed.state.streak).toMatchObject({ current: 2, todayDone: true });
  expect(events).toHaveLength(2);
  expect(events[1]).toBe(events[0]);
}

/** Expects docs/browser.md to name the version of a runtime that these tests use. */
async function expectDocumented(name: string, command: string): Promise<void> {
  const version = (await exec(command, ["--version"])).stdout.match(/\d+\.\d+/)?.[0];
  const docs = await readFile(join(root, "docs/browser.md"), "utf8");
  expect(docs.match(new RegExp(`${name} \\d+\\.\\d+`))?.[0]).toBe(`${name} ${version}`);
}

test("Node runs the package", async () => {
  await expectToRun({}, process.execPath);
});

test("an old Node runs the package", async (context) => {
  requireTool(context, runtimes);
  await expectToRun({}, runtime("node-20"));
});

test("Deno runs the package, and it needs no permission but the network's", async (context) => {
  requireTool(context, runtimes);
  const env = { DENO_DIR: join(installed.folder, ".deno") };
  await expectToRun(env, runtime("deno"), "run", "--no-prompt", "--allow-net=127.0.0.1");
  await expectDocumented("Deno", runtime("deno"));
});

test("Bun runs the package", async (context) => {
  requireTool(context, runtimes);
  await expectToRun({}, runtime("bun"));
  await expectDocumented("Bun", runtime("bun"));
});
