import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "index.js" },
    // Vite leaves the white space of libraries, since bundlers remove it. This one is also served as it is.
    rolldownOptions: { output: { minify: true } },
  },
  plugins: [precompress()],
});
