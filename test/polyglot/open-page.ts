// Opens a page in Chromium that runs the recipe for browsers, and prints the lines that the recipe shows. Started in the
// folder where the recipe was built.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { launchChromium } from "../support/chromium.ts";

const server = createServer(async (request, response) => {
  const isScript = request.url === "/browser.js";
  response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? await readFile("browser.js") : "<!doctype html>");
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));

const browser = await launchChromium();
const page = await browser.newPage();
await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
const lines = await page.evaluate(`import("/browser.js").then(async ({ visit }) => {
  const lines = [];
  await visit("http://${process.env.STREAKD_ADDRESS}", (line) => lines.push(line)).catch((reason) => lines.push(reason));
  return lines.join("\\n");
})`);
console.log(lines);
await browser.close();
server.close();
