import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // STREAKD_URL, from the file .env or the environment, reaches the page.
  envPrefix: "STREAKD_",
  server: { host: "localhost", port: Number(process.env.PORT ?? 3000), strictPort: true },
});
