import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { prepare, requireTool, root } from "../support/tools.ts";

/** Where `scripts/deploy-tools.sh` puts what it makes. */
export const tools = resolve(process.env.STREAKD_CACHE || join(root, ".cache"), "deploy");

/** How long preparing the tools may take where nothing is prepared yet: helm is built, in milliseconds. */
export const PREPARATION_MS = 15 * 60 * 1000;

/** Has `scripts/deploy-tools.sh` prepare some tools, and skips the test where they can't be had. */
export async function requireDeployTools(context: TestContext, ...parts: string[]): Promise<void> {
  const names = parts.join(" and ");
  const missing = `${names} can't be had: connect to the network, have Go, and run scripts/deploy-tools.sh ${parts.join(" ")}`;
  requireTool(context, await prepare(missing, "scripts/deploy-tools.sh", ...parts));
}

/** What a command has written. Rejects with `stdout` and `stderr` when it fails. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(command, args, { cwd: root, env });
}

/** What a command says when it fails. */
export async function failureOf(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  return run(command, args, env).then(
    () => "",
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
}
