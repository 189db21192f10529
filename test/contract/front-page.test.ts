import { expect, test } from "vitest";
import { useApp } from "../support/app.ts";

/** With the dashboard, a browser is led there. */
const shared = useApp({ DASHBOARD: "off" });

async function ask(accept: string, method = "GET"): Promise<Response> {
  return fetch(`${shared.app.url}/`, { method, headers: { accept } });
}

test("a program that asks for / is told in text what this is and where to go on", async () => {
  const answer = await ask("*/*");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await answer.text()).toMatch(/This is streakd[\s\S]*POST \/v1\/e[\s\S]*\/openapi\.json[\s\S]*README\.md/);
});

test("a browser gets a page, which can load and run nothing", async () => {
  const answer = await ask("text/html,application/xhtml+xml,*/*;q=0.8");
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("vary")).toContain("Accept");
  expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
  expect(await answer.text()).not.toMatch(/<script|src=|url\(/);
});

test("whatever the page links to is there", async () => {
  const page = await (await ask("text/html")).text();
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, path]) => path);
  expect(links.length).toBeGreaterThan(0);
  for (const path of links) {
    expect((await fetch(`${shared.app.url}${path}`)).status).toBe(200);
  }
});

test("HEAD is answered without a body, and POST is told what is allowed", async () => {
  expect(await (await ask("*/*", "HEAD")).text()).toBe("");
  const posted = await ask("*/*", "POST");
  expect(posted.status).toBe(405);
  expect(posted.headers.get("allow")).toBe("GET, HEAD");
});
