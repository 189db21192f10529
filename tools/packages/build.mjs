// Builds the files for browsers that the server serves. npm runs it after each install in a clone, on the Node that is there,
// so it is no TypeScript.
import { fileURLToPath } from "node:url";

const { build } = await import("vite");
for (const name of ["web", "widget"]) {
  await build({ root: fileURLToPath(new URL(`../../packages/${name}`, import.meta.url)), logLevel: "warn" });
}
