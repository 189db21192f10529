import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, type TestContext } from "vitest";
import { requireTool } from "../support/tools.ts";

/** The codes with which npm says that the registry can't be reached. */
const OFFLINE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/;

/** How often npm asks again when the registry can't be reached. Outside CI such a test is skipped, so not at all. */
export const FETCH_RETRIES = process.env.CI ? "2" : "0";

/** Makes a folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-install-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Returns a handler for errors of npm that skips the test when the registry can't be reached. In CI, where nothing may be
 * skipped, it throws, as it does for all other errors.
 */
export function skipWhenOffline(context: TestContext): (error: { readonly stderr?: string }) => never {
  return (error) => {
    if (OFFLINE.test(error.stderr ?? "")) {
      requireTool(context, { present: false, missing: "npm's registry can't be reached: connect to the network" });
    }
    throw error;
  };
}
