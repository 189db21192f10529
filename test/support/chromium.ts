import { execFileSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";

/**
 * Starts the Chromium that is on PATH, without a window. Its profile is thrown away when it is closed.
 *
 * @param args flags for its command line
 */
export function launchChromium(args: string[] = []): Promise<Browser> {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  return chromium.launch({ executablePath, args });
}
