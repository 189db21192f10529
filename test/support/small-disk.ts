import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished, type TestContext } from "vitest";

const run = promisify(execFile);

/**
 * Mounts a file system of 2 MiB, which lasts until the test ends. Skips the test where this user may not mount: other
 * tests cover the same with SQLite's own limit.
 *
 * @param options of `mount`, such as `ro`
 */
export async function mountSmallDisk(context: TestContext, ...options: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-disk-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  try {
    await run("mount", ["-t", "tmpfs", "-o", ["size=2m", ...options].join(","), "tmpfs", folder]);
  } catch {
    context.skip("this user may not mount a file system");
  }
  // Lazily, since a server that the test has started may still close its files.
  onTestFinished(async () => void (await run("umount", ["--lazy", folder])));
  return folder;
}
