import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestContext } from "vitest";

const run = promisify(execFile);

/** The folder of the checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the clients need is here, after `prepareClients`, as links into a folder that checkouts share. */
export const cache = join(root, ".cache/polyglot");

/** How long `prepareClients` may take where nothing is prepared yet: downloads, and building the Go client, in milliseconds. */
export const PREPARATION_MS = 15 * 60 * 1000;

/** Something that a machine may lack, and without which some tests can't run. */
export interface Tool {
  readonly present: boolean;
  /** What is missing, and how to get it, in one line. */
  readonly missing: string;
}

/**
 * Finds out whether this machine has a tool.
 *
 * @param probe a command that succeeds only where it has
 */
export function findTool([command, ...args]: readonly [string, ...string[]], missing: string): Tool {
  return { present: spawnSync(command, args, { cwd: root }).status === 0, missing };
}

/** Skips a test on a machine that lacks the tool, saying how to get it. In CI nothing may be skipped: there it fails. */
export function requireTool(context: TestContext, tool: Tool): void {
  if (!tool.present && process.env.CI) {
    throw new Error(tool.missing);
  }
  context.skip(!tool.present, tool.missing);
}

/** What the scripts end with when something can't be downloaded. */
const NO_DOWNLOAD = 75;

/**
 * Runs a script that installs what some tests need; soon done when it is installed already.
 *
 * @param missing what is missing when nothing can be downloaded, and how to get it, in one line
 * @returns whether it is there now: without a network it may not be
 * @throws when the script fails; in CI also when something can't be downloaded
 */
export async function prepare(missing: string, script: string, ...args: string[]): Promise<Tool> {
  try {
    await run(join(root, script), args);
    return { present: true, missing };
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_DOWNLOAD && !process.env.CI) {
      return { present: false, missing };
    }
    throw error;
  }
}

/** Has `scripts/polyglot-clients.sh` prepare the clients of one kind, as `prepare` says. */
export function prepareClients(
  kind: "python" | "go" | "connect" | "conformance" | "grpcurl" | "h2spec" | "openapi" | `recipe-${string}`,
): Promise<Tool> {
  const missing = `The ${kind} clients can't be downloaded: connect to the network and run scripts/polyglot-clients.sh ${kind}, which keeps them`;
  return prepare(missing, "scripts/polyglot-clients.sh", kind);
}
