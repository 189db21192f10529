import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PREPARATION_MS, requireTool, root, type Tool } from "../../support/tools.ts";
import { type Installed, installPacked, prepareRuntimes, runtime } from "./packed.ts";

const run = promisify(execFile);

/** What a user writes: each function and type of the package, and one line for each kind of mistake. */
const USER = `
import { createClient, ensureUserHash, getVisitorId, StreakdError } from "@streakd/web";
import type { Client, ClientOptions, State, StreakEvent } from "@streakd/web";

const options: ClientOptions = { baseUrl: "https://streaks.example.com", userToken: async () => undefined };
export const client: Client = createClient(options);

export async function record(lesson: number, userHash?: string): Promise<number | undefined> {
  const event: StreakEvent = {
    projectId: "my_app",
    event: "lesson_done",
    userHash: ensureUserHash(userHash, getVisitorId()),
    ts: new Date(),
    meta: { lesson },
  };
  try {
    const { queued } = await client.recordEvent(event, { signal: AbortSignal.timeout(1_000) });
    const { streak, week, milestones }: State = await client.getState(event, new AbortController());
    await client.aliasWithToken({ token: "a.b.c" });
    return queued ? undefined : streak.current + week.length + milestones.length;
  } catch (error) {
    return error instanceof StreakdError && error.code === "RATE_LIMITED" ? error.retryAfter : undefined;
  }
}

// @ts-expect-error: the address is missing
createClient({ adminToken: "sk_x" });
// @ts-expect-error: the user is missing
client.recordEvent({ projectId: "my_app", event: "lesson_done" });
// @ts-expect-error: no such type of an event
client.recordEvent({ projectId: "my_app", event: "lesson_done", userHash: "u", eventType: "click" });
// @ts-expect-error: a signal is no option by itself
client.getState({ projectId: "my_app", event: "lesson_done", userHash: "u" }, "signal");
`;

let installed: Installed;
let runtimes: Tool;

beforeAll(async () => {
  installed = await installPacked();
  await writeFile(join(installed.folder, "user.ts"), USER);
  runtimes = await prepareRuntimes();
}, PREPARATION_MS);
afterAll(() => installed?.[Symbol.asyncDispose]());

test("the package holds what runs, its types and its README", () => {
  const { files } = installed;
  expect(files).toEqual(expect.arrayContaining(["README.md", "dist/index.js", "dist/index.d.ts", "package.json"]));
  expect(
    files.filter((name) => !/^(dist\/((index|watch)\.js|[\w-]+\.d\.ts)|LICENSE|README\.md|package\.json)$/.test(name)),
  ).toEqual([]);
});

test("the package exports what its README names", async () => {
  const script = 'import("@streakd/web").then((all) => console.log(Object.keys(all).join()))';
  const { stdout } = await run("node", ["--input-type=module", "-e", script], { cwd: installed.folder });
  expect(stdout.trim()).toBe("StreakdError,createClient,ensureUserHash,getVisitorId");
});

describe("a user's strict TypeScript takes the types", () => {
  /** Where AbortSignal is declared. */
  const places = {
    "of browsers": ["--lib", "esnext,dom"],
    "of Node": ["--lib", "esnext", "--types", "node", "--typeRoots", join(root, "node_modules/@types")],
  };

  test.for(
    Object.entries(places).flatMap(([place, flags]) =>
      ["nodenext", "bundler"].map((resolution) => ({ place, resolution, flags })),
    ),
  )("$place, with moduleResolution $resolution", { timeout: 60_000 }, async ({ resolution, flags }) => {
    const module = ["--module", resolution === "bundler" ? "esnext" : resolution, "--moduleResolution", resolution];
    const strict = "--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --skipLibCheck false".split(" ");
    const tsc = join(root, "node_modules/.bin/tsc");
    await run(tsc, [...strict, ...module, ...flags, "user.ts"], { cwd: installed.folder }).catch((error) => {
      throw new Error(error.stdout || error.message);
    });
  });

  test("of Deno", { timeout: 60_000 }, async (context) => {
    requireTool(context, runtimes);
    const env = { DENO_DIR: join(installed.folder, ".deno"), NO_COLOR: "1" };
    await run(runtime("deno"), ["check", "user.ts"], { cwd: installed.folder, env }).catch((error) => {
      throw new Error(error.stderr || error.message);
    });
  });
});
