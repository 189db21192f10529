import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { cache, PREPARATION_MS, prepareClients, requireTool, type Tool } from "../support/tools.ts";
import { isElsewhere, RECIPES, type Recipe, toolOf } from "./recipes.ts";

/** How a program ended. */
interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** `undefined` when the program could not be built or started. */
  readonly code?: number;
}

/** How a recipe's program ended with a server, and with one that takes connections and never answers. */
interface Runs {
  readonly tool: Tool;
  readonly served?: Ending;
  readonly hung?: Promise<Ending>;
}

/** The programs give up after 10 seconds. One that takes as long as this hangs. In milliseconds. */
const HANGS_MS = 60_000;

const recipes = Object.entries(RECIPES).filter(([, recipe]) => !isElsewhere(recipe));
const runs = new Map<string, Runs>();
let server: Server;
let hanging: Server;

beforeAll(async () => {
  [server, hanging] = await Promise.all([startServer(), startServer()]);
  hanging.signal("SIGSTOP");
  for (const [name, recipe] of recipes) {
    runs.set(name, await begin(recipe));
  }
}, PREPARATION_MS);

afterAll(async () => {
  hanging?.signal("SIGCONT");
  await Promise.all([server?.stop(), hanging?.stop()]);
});

/**
 * Builds the program of a recipe and runs it. The run that waits for a deadline goes on meanwhile: the programs do that
 * together.
 */
async function begin(recipe: Recipe): Promise<Runs> {
  const tool = toolOf(recipe);
  if (!tool.present) {
    return { tool };
  }
  try {
    const built = await prepareClients(`recipe-${recipe.folder}`);
    return built.present ? { tool, served: await run(recipe, server), hung: run(recipe, hanging) } : { tool: built };
  } catch (error) {
    const failed = { stdout: "", stderr: String(error) };
    return { tool, served: failed, hung: Promise.resolve(failed) };
  }
}

async function run({ command: [program, ...args], folder }: Recipe, { port, adminToken }: Server): Promise<Ending> {
  const child = spawn(program, args, {
    cwd: join(cache, `recipe-${folder}`),
    // Nothing else. A proxy set for the tests must not be asked for a server right here.
    env: { PATH: process.env.PATH, STREAKD_ADDRESS: `127.0.0.1:${port}`, ADMIN_TOKEN: adminToken },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: HANGS_MS,
  });
  try {
    const ended = once(child, "close");
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, stderr, code };
  } catch (error) {
    return { stdout: "", stderr: String(error) };
  }
}

describe.each(recipes)("the recipe for %s", (name, { withoutAdmin }) => {
  let { tool, served, hung } = {} as Runs;

  beforeEach((context) => {
    ({ tool, served, hung } = runs.get(name) as Runs);
    requireTool(context, tool);
  });

  test("records an event, reads the streak, tells an error by its reason, and lists projects with the token only", () => {
    const { stdout, stderr, code } = served as Ending;
    const [recorded, current, error, ...admin] = stdout.trim().split("\n");
    expect([recorded, current], stderr).toEqual(["recorded: true", "current streak: 1"]);
    expect(error, stderr).toMatch(/^error: (invalid_argument|invalidargument) INVALID_WIDGET_KIND$/i);
    expect(admin, stderr).toEqual(withoutAdmin ? [] : ["project: proj_demo", "a wrong token is refused"]);
    expect(code, stderr).toBe(0);
  });

  test("gives up at its deadline when the server does not answer", async () => {
    const { stdout, stderr, code } = (await hung) as Ending;
    expect(stdout, stderr).toBe("deadline exceeded\n");
    expect(code).toBe(withoutAdmin ? 0 : 1);
  });
});
