// Node strips the types of TypeScript files, but not below node_modules. For a streakd that was installed there, this
// module has them stripped all the same. Loaded by --import, also in worker threads.
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

/** This package's own files, and no other's. */
const own = new URL("..", import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(own) || !url.endsWith(".ts")) {
      return nextLoad(url, context);
    }
    return {
      format: "module",
      shortCircuit: true,
      source: stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8")),
    };
  },
});
