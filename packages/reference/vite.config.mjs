import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

const { resolve } = createRequire(import.meta.url);

/** A Vite plugin: puts the licences of the renderer, and of what it is made of, beside the script that holds them. */
function licences() {
  return {
    name: "licences",
    async generateBundle() {
      const files = ["NOTICE", "LICENSE", "swagger-ui-es-bundle.js.LICENSE.txt"];
      const texts = files.map((name) => readFile(resolve(`swagger-ui-dist/${name}`), "utf8"));
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: (await Promise.all(texts)).join("\n\n") });
    },
  };
}

export default defineConfig({
  build: {
    target: "es2022",
    // The first browsers with light-dark(), as for the widget.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/main.ts", formats: ["es"], fileName: () => "reference.js", cssFileName: "reference" },
    // Compressing the renderer takes seconds, which is no news.
    rolldownOptions: { checks: { pluginTimings: false }, output: { minify: true } },
  },
  plugins: [licences(), precompress()],
});
