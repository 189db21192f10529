// Opens a page in Chromium that runs the recipe for browsers, and prints the lines that the recipe shows. Started in the
// folder where the recipe was built.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const CHROMIUM = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const page = `<!doctype html><script type="module">
import { visit } from "/browser.js";
const lines = [];
await visit("http://${process.env.STREAKD_ADDRESS}", (line) => lines.push(line)).catch((reason) => lines.push(reason));
await fetch("/lines", { method: "POST", body: lines.join("\\n") });
</script>`;

const { promise: lines, resolve } = Promise.withResolvers<string>();
const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    resolve(await text(request));
    response.end();
  } else if (request.url === "/browser.js") {
    response.setHeader("Content-Type", "text/javascript").end(await readFile("browser.js"));
  } else {
    response.setHeader("Content-Type", "text/html").end(page);
  }
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));

const profile = await mkdtemp(join(tmpdir(), "streakd-chromium-"));
const { port } = server.address() as AddressInfo;
const browser = spawn("chromium", [...CHROMIUM, `--user-data-dir=${profile}`, `http://localhost:${port}/`], {
  stdio: ["ignore", "ignore", "inherit"],
});
const ended = new Promise<string>((end) => browser.on("close", (code) => end(`Chromium ended with ${code}`)));
process.once("SIGTERM", () => browser.kill());
console.log(await Promise.race([lines, ended]));
browser.kill();
await ended;
server.close();
server.closeAllConnections();
await rm(profile, { recursive: true, force: true });
