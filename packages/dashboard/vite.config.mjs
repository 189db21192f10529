import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

/** Where a developer's streakd serves, to which the development server hands all calls. */
const STREAKD = process.env.STREAKD_URL ?? "http://localhost:8080";

function here(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

export default defineConfig({
  base: "/dashboard/",
  build: {
    target: "es2022",
    // The first browsers with light-dark(), which the styles need.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The Content-Security-Policy allows no data: URLs but for pictures, and each file is compressed by itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The licences of what is in the files, which those licences ask for.
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 1000,
    // A build prints nothing when all is well, also on a machine that is busy.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  resolve: {
    alias: [
      { find: /^#(gen|src)\//, replacement: `${here("../..")}/$1/` },
      // src/domain/origins.ts asks whether a host is an IPv4 address.
      { find: "node:net", replacement: here("src/node-net.ts") },
    ],
  },
  plugins: [react(), precompress()],
  server: {
    proxy: { "^/(?!dashboard/)": { target: STREAKD, changeOrigin: true } },
  },
});
