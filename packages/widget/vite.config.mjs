import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

export default defineConfig({
  build: {
    target: "es2022",
    // The first browsers with light-dark(), which the styles need.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/script.ts", formats: ["iife"], name: "streakd", fileName: () => "widget.js" },
    minify: true,
    // Constants are put in their places: those of other modules by the first, those of the same module by the second.
    rolldownOptions: { optimization: { inlineConst: { mode: "all" } }, output: { topLevelVar: false } },
  },
  // The sources, so that the widget holds of the SDK only what it uses.
  resolve: { alias: { "@streakd/web": fileURLToPath(new URL("../web/src/index.ts", import.meta.url)) } },
  plugins: [precompress()],
});
