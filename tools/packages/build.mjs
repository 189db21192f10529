// Builds the files for browsers that the server serves. npm runs it after each install in a clone, on the Node that is there,
// so it is no TypeScript. It prints nothing when all is well. A build that fails makes the install fail, since the sources of a
// release always build. Without Vite, or without its parts for this platform, the server runs all the same.
import { fileURLToPath } from "node:url";

/** Returns Vite; undefined when it can't be loaded, which it says in one line. */
async function loadVite() {
  try {
    return await import("vite");
  } catch (_notWhole) {
    // A package without the files must not be published.
    process.exitCode = ["pack", "publish"].includes(process.env.npm_command) ? 1 : 0;
    console.error(
      "streakd: the files for browsers (/widget.js, /sdk.js, /dashboard, /docs) are not built, since Vite is not installed for this platform. " +
        "The server runs without them. To have them: npm ci --omit=dev, without --omit=optional.",
    );
    return undefined;
  }
}

const vite = await loadVite();
for (const name of vite === undefined ? [] : ["web", "widget", "dashboard", "reference"]) {
  await vite.build({ root: fileURLToPath(new URL(`../../packages/${name}`, import.meta.url)), logLevel: "warn" });
}
