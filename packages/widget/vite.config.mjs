import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

/**
 * Properties of the widget's own objects, which get shorter names. The widget uses none of a browser's properties with these
 * names, and none is in what streakd answers, or in what two copies of the script tell each other.
 */
const OWN = RegExp(
  `^(${[
    ...["base", "project", "user", "token", "root", "record", "report", "post", "answer", "flush", "failed"],
    ...["readState", "readChanged", "refresh", "catchUp", "listeners", "subscribe", "tellPage"],
    ...["show", "tick", "keep", "start", "time", "number", "compact", "days", "today", "words"],
    ...["celebrate", "isOpen", "look", "toggle"],
  ].join("|")})$`,
);

export default defineConfig({
  build: {
    target: "es2022",
    // The first browsers with light-dark(), which the styles need.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/script.ts", formats: ["iife"], name: "streakd", fileName: () => "widget.js" },
    // Constants are put in their places: those of other modules by the first, those of the same module by the second.
    rolldownOptions: {
      optimization: { inlineConst: { mode: "all" } },
      output: {
        topLevelVar: false,
        minify: { compress: true, mangle: true, codegen: true, mangleProps: { include: OWN } },
      },
    },
  },
  resolve: {
    alias: {
      // The sources, so that the widget holds of the SDK only what it uses.
      "@streakd/web": fileURLToPath(new URL("../web/src/index.ts", import.meta.url)),
      "./in-browser.ts": "data:text/javascript,export const IN_BROWSER = true;",
    },
  },
  plugins: [precompress()],
});
