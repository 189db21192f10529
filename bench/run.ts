import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTools } from "./tools.ts";

/**
 * Runs a bench from the command line: with everything temporary in one folder, which goes when this process ends, be it by
 * Ctrl-C; the servers go with it by themselves. What goes wrong is said, and makes the process fail.
 *
 * @param tools what the bench needs: the load generators, unless it says otherwise
 */
export async function runBench(bench: (args: string[]) => Promise<void>, tools = loadTools): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "streakd-bench-"));
  process.env.TMPDIR = folder;
  // Servers that still write into it are no reason to leave it behind.
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => process.exit(130));
  }
  try {
    for (const { present, missing } of tools) {
      if (!present) {
        throw new Error(missing);
      }
    }
    await bench(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
