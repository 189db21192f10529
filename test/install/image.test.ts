import { execFile } from "node:child_process";
import { cp, readdir, readFile, rename } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../support/tools.ts";
import { startServer } from "./process.ts";
import { FETCH_RETRIES, skipWhenOffline, temporaryFolder } from "./support.ts";

// There may be no Docker here. The test does what the Dockerfile says, in folders, on the Node that runs the test.

const run = promisify(execFile);

/** In milliseconds. Seconds are enough on a quiet machine. */
const TIMEOUT_MS = 5 * 60 * 1000;

test("what the Dockerfile copies is enough to serve and to migrate, and holds no tools and no bench", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const [, dependencies = "", image = ""] = (await readFile(join(root, "Dockerfile"), "utf8")).split(/^FROM /m);
  const sent = await buildContext();
  const installed = await copyInto(sent, dependencies);
  const [, install = ""] = /^RUN (npm ci .*)$/m.exec(dependencies) ?? [];
  const options = `--prefer-offline --fetch-retries=${FETCH_RETRIES}`;
  await run("sh", ["-c", `${install} ${options}`], { cwd: installed }).catch(skipWhenOffline(context));
  const app = await copyInto(sent, image);
  await rename(join(installed, "node_modules"), join(app, "node_modules"));

  const [healthCheck, start] = commands(image) as [Command, Command];
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { PATH, HOST: "127.0.0.1", PORT: "0", SHUTDOWN_DRAIN_MS: "0", DATA_DIR: join(app, "data") };
  await using server = await startServer(start, app, env);

  expect((await readdir(app)).sort()).toEqual(["LICENSE", "bin", "data", "gen", "node_modules", "package.json", "src"]);
  expect(server.version).toBe(manifest.version);
  await runCommand(healthCheck, app, { ...env, PORT: new URL(server.url).port });
  expect(await server.stop()).toBe(0);
  await expect(runCommand([...start, "migrate"], app, env)).rejects.toThrow("MONGODB_URI");
});

/** What Docker is sent of the checkout: nothing but what .dockerignore lets through. */
async function buildContext(): Promise<string> {
  const folder = await temporaryFolder();
  const lines = (await readFile(join(root, ".dockerignore"), "utf8")).split("\n");
  expect(lines).toContain("*");
  for (const line of lines.filter((one) => one.startsWith("!"))) {
    await cp(join(root, line.slice(1)), join(folder, line.slice(1)), { recursive: true });
  }
  return folder;
}

/** Does the COPY instructions of one stage that copy from the build context. */
async function copyInto(sent: string, stage: string): Promise<string> {
  const folder = await temporaryFolder();
  for (const [, words = ""] of stage.matchAll(/^COPY (?!--from)(.+)$/gm)) {
    const names = words.split(" ");
    const to = names.pop() as string;
    for (const name of names) {
      await cp(join(sent, name), join(folder, to, to.endsWith("/") ? name : ""), { recursive: true });
    }
  }
  return folder;
}

type Command = [string, ...string[]];

/** The commands of HEALTHCHECK and ENTRYPOINT, in their order. */
function commands(stage: string): Command[] {
  return [...stage.matchAll(/(?:CMD|ENTRYPOINT) (\[.*\])$/gm)].map(([, command = ""]) => JSON.parse(command));
}

async function runCommand([program, ...args]: Command, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run(program, args, { cwd, env });
}
