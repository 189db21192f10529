import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const packages = fileURLToPath(new URL("../../../packages", import.meta.url));

export default defineConfig({
  plugins: [react()],
  // STREAKD_URL, from the file .env or the environment, reaches the page.
  envPrefix: "STREAKD_",
  server: { host: "localhost", port: Number(process.env.PORT ?? 3000), strictPort: true, fs: { allow: ["../../.."] } },
  // In this clone only: an app of your own has the packages from npm, and needs none of this.
  resolve: {
    alias: {
      "@streakd/react": `${packages}/react/src/index.ts`,
      "@streakd/web/watch": `${packages}/web/src/watch.ts`,
      "@streakd/web": `${packages}/web/src/index.ts`,
    },
    dedupe: ["react", "react-dom"],
  },
});
