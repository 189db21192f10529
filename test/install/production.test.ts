import { execFile } from "node:child_process";
import { cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../support/tools.ts";
import { type BareMachine, copyCheckout, makeBareMachine, type NodeMajor } from "./bare-machine.ts";
import { type StartedServer, startServer } from "./process.ts";
import { skipWhenOffline, temporaryFolder } from "./support.ts";

const run = promisify(execFile);

/** In milliseconds. An install writes some 220 MB, which takes a minute on a busy machine. */
const TIMEOUT_MS = 10 * 60 * 1000;

/**
 * The most that a production install may take on the disk beside the Node that it brings, in bytes. 56 MiB are for the
 * server, 35 MiB for Vite, which builds the files for browsers, 90 MiB for what the dashboard is built from, and 15 MiB
 * for what the API reference is made of.
 */
const MAX_BYTES = 220 * 2 ** 20;

/** A checkout after `npm ci --omit=dev`, and what that has said. */
interface Installed {
  readonly checkout: string;
  readonly said: string;
}

/** What each Node has installed, for the tests that begin with it: an install and its builds take longest. */
const installs = new Map<NodeMajor, Promise<Installed>>();

afterAll(async () => {
  for (const install of await Promise.allSettled(installs.values())) {
    if (install.status === "fulfilled") {
      await rm(install.value.checkout, { recursive: true, force: true });
    }
  }
});

const SERVE = ["--host", "127.0.0.1", "--port", "0", "--shutdown-drain-ms", "0"];

describe.runIf(process.platform === "linux")("where only Node, its npm, git, sh and coreutils are", () => {
  test.for([20, 22, 24] as const)(
    "Node %i: npm ci --omit=dev warns of nothing, is small, and npm start serves until SIGTERM",
    { timeout: TIMEOUT_MS },
    async (major, context) => {
      const machine = await makeBareMachine(major).catch(skipWhenOffline(context));
      const { checkout, said } = await installed(major).catch(skipWhenOffline(context));
      expect(said).not.toMatch(/warn/i);
      expect(await bytesBesideNode(join(checkout, "node_modules"))).toBeLessThan(MAX_BYTES);

      await using server = await startServer(["npm", "start", "--", ...SERVE], checkout, machine.env);
      await expectStreak(server);
      await expectWidget(server);
      expect(server.version).toBe(manifest.version);
      expect(await server.stop()).toBe(0);
      expect(server.output).toContain('"msg":"stopped"');
      expect(server.output).not.toMatch(/Warning/);
    },
  );

  test("installed as a package, where Node strips no types, streakd serves on an old Node and on a new one", {
    timeout: TIMEOUT_MS,
  }, async (context) => {
    const old = await makeBareMachine(20).catch(skipWhenOffline(context));
    const current = await makeBareMachine(24).catch(skipWhenOffline(context));
    const folder = await installPacked(old).catch(skipWhenOffline(context));
    expect(await readdir(join(folder, "node_modules"))).not.toContain("vite");
    const options = ["--max-old-space-size=160", join(folder, "node_modules/streakd/bin/streakd.cjs"), "--version"];
    const { stderr } = await run("node", options, { cwd: folder, env: old.env });
    expect(stderr).toContain("without --max-old-space-size=160. Set options of Node in the environment: NODE_OPTIONS.");
    for (const { env } of [old, current]) {
      const { stdout } = await run("npx", ["streakd", "--version"], { cwd: folder, env });
      expect(stdout).toBe(`${manifest.version}\n`);
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        await using server = await startServer([join(folder, "node_modules/.bin/streakd"), ...SERVE], folder, env);
        await expectStreak(server);
        await expectWidget(server);
        expect(await server.stop(signal)).toBe(0);
        expect(server.output).toContain('"msg":"stopped"');
        expect(server.output).not.toMatch(/Warning/);
      }
    }
  });

  test("without the Node that npm brings, an old one says first what to do, and a new one serves", {
    timeout: TIMEOUT_MS,
  }, async (context) => {
    const [old, current] = [
      await makeBareMachine(20).catch(skipWhenOffline(context)),
      await makeBareMachine(24).catch(skipWhenOffline(context)),
    ];
    const { checkout } = await installed(20).catch(skipWhenOffline(context));
    await old.npm(checkout, "prune", "--omit=dev", "--omit=optional");

    const failure = await run("node", ["bin/streakd.cjs"], { cwd: checkout, env: old.env }).catch((error) => error);
    expect(failure.code).toBe(1);
    expect(failure.stderr).toMatch(
      /^streakd needs Node\.js 24\.11 or newer, and this is v20\.\d+\.\d+\. Install a newer one \(.*npm ci --omit=dev, without --omit=optional\.\n$/,
    );
    await using server = await startServer(["npm", "start", "--", ...SERVE], checkout, current.env);
    await expectStreak(server);
    await expectWidget(server);
    expect(await server.stop()).toBe(0);
  });

  test("without Vite's part for the platform, npm ci says what to do, and the server serves all but the files", {
    timeout: TIMEOUT_MS,
  }, async (context) => {
    const checkout = await copyCheckout();
    const machine = await makeBareMachine(24).catch(skipWhenOffline(context));
    const options = ["--omit=dev", "--omit=optional", "--prefer-offline"];
    const said = await machine.npm(checkout, "ci", ...options).catch(skipWhenOffline(context));
    expect(said.match(/^streakd: .*$/gm)).toEqual([
      expect.stringMatching(/widget\.js.* not built.*npm ci --omit=dev, without --omit=optional\.$/),
    ]);
    expect(said).not.toContain("Error");
    await using server = await startServer(["npm", "start", "--", ...SERVE], checkout, machine.env);
    await expectStreak(server);
    expect(server.output).toContain("the files for browsers are not built");
    const answer = await fetch(`${server.url}/widget.js`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining("Run npm ci --omit=dev") });
  });
});

test.runIf(process.platform === "linux").for([20, 22] as const)(
  "Node %i: a Node of npm's that may not be run ends the command with what to do",
  { timeout: TIMEOUT_MS },
  async (major, context) => {
    const { env } = await makeBareMachine(major).catch(skipWhenOffline(context));
    const folder = await temporaryFolder();
    const brought = join(folder, "node_modules", `node-linux-${process.arch}`);
    await cp(join(root, "bin"), join(folder, "bin"), { recursive: true });
    await mkdir(join(brought, "bin"), { recursive: true });
    await writeFile(join(brought, "package.json"), JSON.stringify({ bin: { node: "bin/node" } }));
    await writeFile(join(brought, "bin/node"), "", { mode: 0o644 });
    const failure = await run("node", ["bin/streakd.cjs"], { cwd: folder, env }).catch((error) => error);
    expect(failure.code).toBe(1);
    expect(failure.stderr).toMatch(
      /^streakd can't run the Node\.js that npm has brought, .*\(EACCES.*\)\. Install Node\.js 24\.11 or newer.*\n$/,
    );
  },
);

/** Installs a checkout with the npm of a Node, once for all tests, and returns a copy of it that lasts until the test ends. */
async function installed(major: NodeMajor): Promise<Installed> {
  const install = installs.get(major) ?? installCheckout(major);
  installs.set(major, install);
  const { checkout, said } = await install;
  const copy = await temporaryFolder();
  await run("cp", ["-a", `${checkout}/.`, copy]);
  return { checkout: copy, said };
}

async function installCheckout(major: NodeMajor): Promise<Installed> {
  const machine = await makeBareMachine(major);
  const checkout = await copyCheckout(await mkdtemp(join(tmpdir(), "streakd-install-")));
  return { checkout, said: await machine.npm(checkout, "ci", "--omit=dev", "--prefer-offline") };
}

/** Packs the checkout, installs the package in a new folder, and returns that. */
async function installPacked(machine: BareMachine): Promise<string> {
  const folder = await temporaryFolder();
  const notBuilt = await copyCheckout();
  await expect(machine.npm(notBuilt, "pack", "--pack-destination", folder)).rejects.toThrow("not built");
  const { checkout } = await installed(20);
  await machine.npm(checkout, "pack", "--pack-destination", folder);
  await writeFile(join(folder, "package.json"), "{}");
  const said = await machine.npm(folder, "install", "--prefer-offline", `streakd-${manifest.version}.tgz`);
  expect(said).not.toMatch(/EBADENGINE|deprecated/);
  return folder;
}

/** Does what the curl lines do that the first start prints. A bare machine has no curl. */
async function expectStreak({ output, url }: StartedServer): Promise<void> {
  const event = /-d '(.*)'/.exec(output)?.[1] ?? '{"siteKey":"proj_demo","userHash":"user_1","event":"visit"}';
  const headers = { "Content-Type": "application/json" };
  const recorded = await fetch(`${url}/v1/e`, { method: "POST", headers, body: event });
  const state = await fetch(`${url}/v1/state?siteKey=proj_demo&userHash=user_1&event=visit`);
  expect(recorded.status).toBe(202);
  expect(await state.json()).toMatchObject({ streak: { current: 1, todayDone: true } });
}

async function expectWidget({ output, url }: StartedServer): Promise<void> {
  const answer = await fetch(`${url}/widget.js`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("streak");
  expect(output).not.toContain("not built");
}

/** What the files of an installation take on the disk, without the package that brings Node. */
async function bytesBesideNode(modules: string): Promise<number> {
  const files = await readdir(modules, { recursive: true });
  const others = files.filter((file) => !file.startsWith(`node-${process.platform}-${process.arch}`));
  const sizes = await Promise.all(others.map(async (file) => (await lstat(join(modules, file))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
}
