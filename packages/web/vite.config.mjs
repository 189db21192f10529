import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

export default defineConfig({
  build: {
    target: "es2022",
    // They share no code, so that index.js is one file.
    lib: { entry: ["src/index.ts", "src/watch.ts"], formats: ["es"] },
    // Vite leaves the white space of libraries, since bundlers remove it. This one is also served as it is. `let` and `const`
    // of the top level stay, which puts constants in their places.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      output: { minify: true, topLevelVar: false, comments: { annotation: false } },
    },
  },
  plugins: [precompress({ small: true })],
});
