// Serves the folder that it is started in on http://localhost:3000 (or PORT). To try pages with, not for production.
// STREAKD_URL says where streakd is, if that is not http://localhost:8080.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const { PORT = "3000", STREAKD_URL = "http://localhost:8080" } = process.env;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const server = createServer(async (request, response) => {
  try {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const type = TYPES[extname(path)];
    if (type === undefined) {
      throw new Error(`${path} is no page, script or style`);
    }
    const text = await readFile(join(process.cwd(), path), "utf8");
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.end(text.replaceAll("http://localhost:8080", STREAKD_URL));
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(Number(PORT), "localhost", () => console.log(`Open http://localhost:${PORT}`));
