import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { errorCatalogue } from "#src/error-catalogue.ts";
import { readReference } from "#src/web/reference.ts";
import { useApp } from "../support/app.ts";
import { newFolder } from "../support/folder.ts";

const shared = useApp();

/** The files that the page loads, by the paths that it has for them. */
async function assets(): Promise<string[]> {
  const { text } = await shared.app.get("/docs");
  return [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
}

test.each(["/docs", "/docs/"])("%s is a page that runs and takes nothing but this server's files", async (path) => {
  const { status, headers, text } = await shared.app.get(path);
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<title>API reference · streakd<\/title>/);
  expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|(src|href)="(https?:)?\/\//);
  expect(headers.get("access-control-allow-origin")).toBeNull();
});

test("the page is asked for each time, and comes compressed", async () => {
  const answer = await fetch(`${shared.app.url}/docs`, { headers: { "Accept-Encoding": "gzip" } });
  expect(answer.headers.get("cache-control")).toBe("no-cache");
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  expect(await answer.text()).toContain("</html>");
});

test("its script and its style have names with their hashes, are kept for good, and are compressed by the build", async () => {
  const paths = await assets();
  const named = (end: string) => expect.stringMatching(new RegExp(`^/assets/reference-[0-9a-f]{16}\\.${end}$`));
  expect(paths).toEqual([named("css"), named("js")]);
  for (const path of paths) {
    const type = path.endsWith(".css") ? "text/css" : "text/javascript";
    const answer = await fetch(`${shared.app.url}${path}`, { headers: { "Accept-Encoding": "br" } });
    const { "content-type": contentType, etag = "", ...headers } = Object.fromEntries(answer.headers);
    expect(contentType).toBe(`${type}; charset=utf-8`);
    expect(headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "br",
      vary: "Accept-Encoding",
      "x-content-type-options": "nosniff",
    });
    expect((await shared.app.get(path, { "Accept-Encoding": "br", "If-None-Match": etag })).status).toBe(304);
    const built = new URL(`../../packages/reference/dist/reference${extname(path)}`, import.meta.url);
    expect(await answer.text()).toBe(`${brotliDecompressSync(readFileSync(`${built.pathname}.br`))}`);
  }
});

test("HEAD has no body, and POST is told what is allowed", async () => {
  const headed = await fetch(`${shared.app.url}/docs`, { method: "HEAD" });
  expect([headed.status, await headed.text()]).toEqual([200, ""]);
  const posted = await shared.app.post("/docs", {});
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each(Object.entries(errorCatalogue))("the catalogue has %s, with how to mend it", async (code, entry) => {
  const { text } = await shared.app.get("/docs");
  const [, row = ""] = new RegExp(`<tr id="${code}">(.*)$`, "m").exec(text) ?? [];
  const cells = row.split(/<t[hd][^>]*>/).map((cell) => cell.replace(/<[^>]+>/g, "").replaceAll("&lt;", "<"));
  const plain = (markdown: string) => markdown.replaceAll("`", "");
  const { http, connect, meaning, remedy } = entry;
  expect(cells).toEqual(["", code, `${http}`, connect.toUpperCase(), plain(meaning), plain(remedy)]);
  expect([meaning, remedy]).toEqual([expect.stringMatching(/\S\.$/), expect.stringMatching(/\S\.$/)]);
});

test("a page that is not built is 404, with what to run", async () => {
  const { isBuilt, pages } = readReference(pathToFileURL(`${await newFolder()}/`));
  expect([isBuilt, [...pages.keys()]]).toEqual([false, ["/docs", "/docs/"]]);
  const answer = await pages.get("/docs")?.({ method: "GET", url: "/docs", httpVersionMajor: 1, headers: {} });
  expect(answer).toMatchObject({ status: 404, body: expect.stringContaining("npm ci --omit=dev") });
});
