import { execFile } from "node:child_process";
import { cp, readdir, readFile, rename, stat } from "node:fs/promises";
import { delimiter, dirname, join, relative } from "node:path";
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

/** The most bytes of what the image has beside the system and Node. API reference and dashboard are 4.7 MB of it. */
const MAX_BYTES = 23 * 1024 * 1024;

/** Of what the build makes, what it compresses. */
const COMPRESSED = [
  "packages/reference/dist/LICENSES.txt",
  "packages/reference/dist/reference.css",
  "packages/reference/dist/reference.js",
  "packages/web/dist/index.js",
  "packages/web/dist/watch.js",
  "packages/widget/dist/widget.js",
];

/**
 * What the build makes: the files that the server serves to browsers have to be in the image. The names of the dashboard's
 * have hashes.
 */
const BUILT = COMPRESSED.flatMap((path) => [path, `${path}.br`, `${path}.gz`]);

/** What only developers use: of streakd, of its packages, and of npm. */
const FOR_DEVELOPERS =
  /(^|\/)(tools|tests?|docs|examples?|benchmarks?|bench|proto|\.github|\.bin|\.npm|\.cache)\/|\.(proto|map|flow)$|^node_modules\/.*\.[cm]?ts$|^node_modules\/(npm|node|node-[a-z]+-\w+|node-bin-.*|vite|rolldown|@rolldown|@streakd|react|typescript|vitest|@types|@biomejs)\//;

test("what the Dockerfile copies is enough to serve, writes nothing but data, and holds nothing of development", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const [dependencies, browser, image] = await stages();
  const sent = await buildContext();
  const [installed, built] = [
    await install(sent, dependencies).catch(skipWhenOffline(context)),
    await install(sent, browser).catch(skipWhenOffline(context)),
  ];
  const app = await copyInto(sent, image);
  await rename(join(installed, "node_modules"), join(app, "node_modules"));
  for (const [, from = "", to = ""] of image.matchAll(/^COPY --from=browser \/app\/(\S+) (\S+)$/gm)) {
    await cp(join(built, from), join(app, to), { recursive: true });
  }

  const [healthCheck, start] = commands(image) as [Command, Command];
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const data = await temporaryFolder();
  const env = { PATH, HOST: "127.0.0.1", PORT: "0", SHUTDOWN_DRAIN_MS: "0", DATA_DIR: data };
  const files = await filesIn(app);
  await using server = await startServer(start, app, env);

  const names = ["LICENSE", "bin", "gen", "node_modules", "package.json", "packages", "src"];
  expect((await readdir(app)).sort()).toEqual(names);
  const packages = files.map(({ path }) => path).filter((path) => path.startsWith("packages/"));
  const isOfDashboard = (path: string) => path.startsWith("packages/dashboard/dist/");
  expect(packages.filter((path) => !isOfDashboard(path))).toEqual(BUILT);
  expect(packages.filter(isOfDashboard)).toContain("packages/dashboard/dist/index.html.br");
  expect(files.filter(({ path }) => FOR_DEVELOPERS.test(path))).toEqual([]);
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MAX_BYTES);
  expect(server.version).toBe(manifest.version);
  for (const path of ["/widget.js", "/docs", "/dashboard/"]) {
    expect((await fetch(server.url + path)).status).toBe(200);
  }
  await runCommand(healthCheck, app, { ...env, PORT: new URL(server.url).port });
  expect(await server.stop()).toBe(0);
  await runCommand([...start, "backup", join(await temporaryFolder(), "backup.db")], app, env);
  await expect(runCommand([...start, "migrate"], app, env)).rejects.toThrow("MONGODB_URI");
  expect(await filesIn(app)).toEqual(files);
});

test("the image runs as a user without privileges, whom its volumes belong to, and says what it is", async () => {
  const [, , image] = await stages();
  const [, user = ""] = /^USER (\d+:\d+)$/m.exec(image) ?? [];
  expect(user).not.toMatch(/^0|:0/);
  for (const folder of ["/data", "/backups"]) {
    expect(image).toContain(`COPY --from=dependencies --chown=${user} ${folder} ${folder}\n`);
  }
  for (const label of ["title", "description", "licenses", "version", "revision", "created"]) {
    expect(image).toMatch(new RegExp(`org\\.opencontainers\\.image\\.${label}="`));
  }
  expect(image).toContain(`licenses="${manifest.license}"`);
  expect(image).toMatch(/^HEALTHCHECK /m);
  // Neither the shell of a RUN nor npm has left anything in it.
  expect(image).not.toMatch(/^RUN /m);
});

/**
 * The stages of the Dockerfile that install the packages, build the files for browsers, and become the image, each
 * instruction in a line.
 */
async function stages(): Promise<[string, string, string]> {
  const dockerfile = (await readFile(join(root, "Dockerfile"), "utf8")).replaceAll(/\\\n\s*/g, "");
  const [, , dependencies = "", browser = "", image = ""] = dockerfile.split(/^FROM /m);
  return [dependencies, browser, image];
}

/** The files below a folder, with their sizes. */
async function filesIn(folder: string): Promise<{ path: string; bytes: number }[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(folder, path), bytes: (await stat(path)).size };
  });
  return (await Promise.all(files)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What Docker is sent of the checkout: nothing but what .dockerignore lets through. */
async function buildContext(): Promise<string> {
  const folder = await temporaryFolder();
  const lines = (await readFile(join(root, ".dockerignore"), "utf8")).split("\n");
  expect(lines).toContain("*");
  expect(lines).toContain("packages/*/dist");
  for (const line of lines.filter((one) => one.startsWith("!"))) {
    const filter = (path: string) => !/^packages\/[^/]+\/dist$/.test(relative(root, path));
    await cp(join(root, line.slice(1)), join(folder, line.slice(1)), { recursive: true, filter });
  }
  return folder;
}

/** Does what a stage copies from the build context, and its `npm ci` with what follows. Returns the folder. */
async function install(sent: string, stage: string): Promise<string> {
  const folder = await copyInto(sent, stage);
  const [, command = ""] = /^RUN (npm ci .*)$/m.exec(stage) ?? [];
  const options = { npm_config_prefer_offline: "true", npm_config_fetch_retries: FETCH_RETRIES };
  await run("sh", ["-c", command], { cwd: folder, env: { ...process.env, ...options } });
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
