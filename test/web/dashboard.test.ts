import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { RequestHead } from "#src/http/message.ts";
import { readDashboard } from "#src/web/dashboard.ts";
import { openApp, useApp } from "../support/app.ts";
import { newFolder } from "../support/folder.ts";

const shared = useApp();

const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Asks without following a redirect. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${shared.app.url}${path}`, { redirect: "manual", ...init });
}

/** The paths of the scripts and styles that the page names. */
async function assetsOf(page: Response): Promise<string[]> {
  return [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
}

test("a browser that opens the server is led to the dashboard, and curl gets the text", async () => {
  const opened = await ask("/", { headers: BROWSER });
  expect([opened.status, opened.headers.get("location")]).toEqual([307, "/dashboard/"]);
  const read = await ask("/", { headers: { Accept: "*/*" } });
  expect([read.status, read.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(await read.text()).toContain("/dashboard/");
  for (const { headers } of [opened, read]) {
    expect(headers.get("vary")).toContain("Accept");
  }
});

test("the address without its slash leads to the one with it", async () => {
  const answer = await ask("/dashboard");
  expect([answer.status, answer.headers.get("location")]).toEqual([308, "/dashboard/"]);
});

test.each([
  "/dashboard/",
  "/dashboard/p/my_app/overview",
  "/dashboard/p/my_app/users/someone%40example.com",
  "/dashboard/p/my_app/users/photo.png",
  "/dashboard/nowhere",
])("%s has the page, which may run its own scripts and nothing else", async (path) => {
  const answer = await ask(path);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; font-src 'self'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  const html = await answer.text();
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
});

test("the files that the page names are there for ever, compressed, and known by their entity tags", async () => {
  const paths = await assetsOf(await ask("/dashboard/"));
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) {
    expect(path).toMatch(/^\/dashboard\/assets\/[\w.-]+-[\w-]{8}\.(?:js|css|svg)$/);
    for (const encoding of ["br", "gzip"]) {
      const asked = { "Accept-Encoding": encoding };
      const answer = await ask(path, { headers: asked });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "content-encoding": encoding,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "Accept-Encoding",
        "x-content-type-options": "nosniff",
      });
      const known = await ask(path, { headers: { ...asked, "If-None-Match": answer.headers.get("etag") ?? "" } });
      expect([known.status, await known.text()]).toEqual([304, ""]);
    }
  }
});

test("the licences of what is in the files come with them", async () => {
  const answer = await ask("/dashboard/licenses.md");
  expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  const text = await answer.text();
  for (const name of ["react", "@tanstack/react-query", "@base-ui/react", "@bufbuild/protobuf", "wouter"]) {
    expect(text).toContain(name);
  }
});

test("a file of another version is 404, which no cache keeps", async () => {
  const answer = await ask("/dashboard/assets/index-01234567.js");
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([404, "no-store"]);
  expect(await answer.json()).toMatchObject({ error: "NOT_FOUND" });
});

test("pages of other origins may not read it", async () => {
  for (const path of ["/dashboard/", "/dashboard/assets/none.js"]) {
    const answer = await ask(path, { headers: { Origin: "https://anybody.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("nothing can be posted to it", async () => {
  const answer = await ask("/dashboard/", { method: "POST" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("it can be switched off: then nothing is there, and browsers get the front page", async () => {
  const app = await openApp({ DASHBOARD: "off" });
  for (const path of ["/dashboard", "/dashboard/", "/dashboard/p/my_app/overview"]) {
    expect((await app.get(path)).status).toBe(404);
  }
  const opened = await app.get("/", BROWSER);
  expect([opened.status, opened.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  for (const { text } of [opened, await app.get("/")]) {
    expect(text).toContain("/docs");
    expect(text).not.toContain("/dashboard");
  }
});

const head: RequestHead = { method: "GET", url: "/dashboard/", httpVersionMajor: 1, headers: { accept: "text/html" } };

test("where it is not built, its address says what to run", async () => {
  const dashboard = readDashboard(pathToFileURL(`${await newFolder()}/`));
  expect(dashboard.isBuilt).toBe(false);
  const page = await dashboard.serve("/dashboard/", head);
  expect([page.status, page.headers["Cache-Control"]]).toEqual([404, "no-store"]);
  expect(page.headers["Content-Type"]).toBe("text/html; charset=utf-8");
  const text = await dashboard.serve("/dashboard/", { ...head, headers: {} });
  for (const { body } of [page, text]) {
    expect(`${body}`).toContain("npm ci --omit=dev");
  }
});

test("a build without its compressed files is no build", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "dashboard/dist"), { recursive: true });
  await writeFile(join(folder, "dashboard/dist/index.html"), "<!doctype html>");
  expect(() => readDashboard(pathToFileURL(`${folder}/`))).toThrow("index.html.br");
});
