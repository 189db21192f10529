import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  // Vue leaves the element to the browser.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "streak-widget" } } })],
  // STREAKD_URL, from the file .env or the environment, reaches the page.
  envPrefix: "STREAKD_",
  server: { host: "localhost", port: Number(process.env.PORT ?? 3000), strictPort: true },
});
