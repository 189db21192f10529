import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "index.js" },
    minify: true,
  },
  plugins: [precompress()],
});
