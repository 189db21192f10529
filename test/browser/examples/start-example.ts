import { spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { root } from "../../support/tools.ts";

/** A running example. */
export interface Example {
  readonly url: string;
  /** Ends it, before the test's end does. */
  stop(): void;
}

/**
 * Starts an example of `examples/browser` as its `npm start` does, and waits until it serves. It is stopped when the test
 * ends. What it needs from npm it finds in this clone, so nothing is installed.
 *
 * @param env beside `STREAKD_URL`, for the example
 */
export async function startExample(
  name: string,
  streakdUrl: string,
  env: Record<string, string> = {},
): Promise<Example> {
  const port = await freePort();
  const child = spawn("npm", ["start", "--ignore-scripts", "--silent"], {
    cwd: join(root, "examples/browser", name),
    // A group of its own, so that npm's children end with it.
    detached: true,
    // Not the whole environment: Vite does other things in a test of vitest.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: `${port}`, STREAKD_URL: streakdUrl, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  let isStopped = false;
  const stop = () => {
    if (!isStopped && child.pid !== undefined) {
      isStopped = true;
      process.kill(-child.pid, "SIGKILL");
    }
  };
  onTestFinished(stop);

  const url = `http://localhost:${port}/`;
  // Vite bundles what an app depends on when it starts, which takes long on a busy machine.
  await vi.waitUntil(
    async () => {
      if (child.exitCode !== null) {
        throw new Error(`the example ${name} has ended:\n${output}`);
      }
      return fetch(url).then(
        (response) => response.ok,
        () => false,
      );
    },
    { timeout: 60_000, interval: 50 },
  );
  return { url, stop };
}
