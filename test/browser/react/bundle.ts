import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { root } from "../../support/tools.ts";

/** Bundles the page of the tests, with the packages' sources, for development: React warns of what it does not like. */
export async function bundlePage(react: "react" | "react-18"): Promise<string> {
  const other = react === "react" ? {} : { "react-dom": "react-dom-18", react: "react-18" };
  const result = await build({
    root: import.meta.dirname,
    configFile: false,
    // It would warn that a bundle of everything drops "use client".
    logLevel: "error",
    mode: "development",
    define: { "process.env.NODE_ENV": '"development"' },
    resolve: {
      alias: {
        "@streakd/web/watch": join(root, "packages/web/src/watch.ts"),
        "@streakd/web": join(root, "packages/web/src/index.ts"),
        ...other,
      },
    },
    build: { write: false, minify: false, lib: { entry: "main.tsx", formats: ["iife"], name: "page" } },
  });
  const [{ output }] = result as [Rolldown.RolldownOutput];
  return output[0].code;
}
