import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { useApp } from "../support/app.ts";
import { launchChromium, useBrowser } from "../support/chromium.ts";
import { newFolder } from "../support/folder.ts";

// What the server answers to pages: the files, and calls that need no preflight.

const browser = useBrowser();
const shared = useApp();
const headers: Record<string, string> = { "Content-Type": "text/html" };
let html = "";
let origin = "";
const site = createServer((_request, response) => response.writeHead(200, headers).end(html));

beforeAll(async () => {
  await once(site.listen(0, "127.0.0.1"), "listening");
  origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  const widgets = [{ event: "visit" }];
  await shared.app.admin("POST", "/admin/projects", { siteKey: "page", allowedOrigins: [origin], widgets });
  await shared.app.admin("POST", "/admin/projects", { siteKey: "framed", allowedOrigins: ["null"], widgets });
});

afterAll(() => site.close());

/** Opens a page of the allowed origin, with no preflight remembered. */
async function openPage(url = origin): Promise<Page> {
  const page = await (await browser.open()).newPage();
  await page.goto(url);
  return page;
}

/** The methods of the requests that the server gets from a page, preflights among them, while something runs. */
async function methodsDuring(page: Page, run: () => Promise<unknown>): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const methods: string[] = [];
  session.on("Network.requestWillBeSent", ({ request }) => {
    if (request.url.startsWith(shared.app.url)) {
      methods.push(request.method);
    }
  });
  await session.send("Network.enable");
  await run();
  return methods;
}

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly mode?: "no-cors";
  readonly credentials?: "include";
}

const post = (userHash: string, siteKey = "page"): Asked => ({
  method: "POST",
  body: JSON.stringify({ siteKey, userHash, event: "visit" }),
});

function fetchIn(
  page: Pick<Page, "evaluate">,
  path: string,
  init: Asked,
): Promise<{ type: string; status: number; text: string }> {
  return page.evaluate(
    async ([url, asked]) => {
      const answer = await fetch(url, asked);
      return { type: answer.type, status: answer.status, text: await answer.text() };
    },
    [`${shared.app.url}${path}`, init] as const,
  );
}

async function currentOf(userHash: string, siteKey = "page"): Promise<number> {
  return (await shared.app.state({ siteKey, userHash })).streak.current;
}

test("a page loads widget.js and the SDK under a CSP, by names with a hash and by stable ones", async () => {
  const files = (await shared.app.get("/assets/manifest.json")).json;
  const widget = files["widget.js"];
  const sdk = files["sdk.js"];
  const { url } = shared.app;
  headers["Content-Security-Policy"] = `default-src 'none'; script-src ${url} 'nonce-n'; connect-src ${url}`;
  onTestFinished(() => void delete headers["Content-Security-Policy"]);
  html = `<!doctype html><script src="${url}${widget.path}" integrity="${widget.integrity}" crossorigin data-manual
      data-project="page" data-event="visit"></script>
    <script type="module" nonce="n">
      import { createClient } from "${url}/sdk.js";
      const hashed = { type: "module", src: "${url}${sdk.path}", integrity: "${sdk.integrity}", crossOrigin: "anonymous" };
      const script = Object.assign(document.createElement("script"), hashed);
      script.onload = () => { window.loaded = [typeof window.streak, typeof createClient, "sdk by its hash"]; };
      document.head.append(script);
    </script>`;
  const page = await openPage();
  await expect.poll(() => page.evaluate("window.loaded")).toEqual(["function", "function", "sdk by its hash"]);
});

test("a page that names another integrity does not run the widget", async () => {
  html = `<!doctype html><script src="${shared.app.url}/widget.js" integrity="sha384-${"A".repeat(64)}" crossorigin data-manual
      onload="window.told = 'loaded'" onerror="window.told = 'refused'"></script>`;
  const page = await openPage();
  expect(await page.evaluate("[typeof window.streak, window.told]")).toEqual(["undefined", "refused"]);
});

test.each([["/v1/e"], ["/v1/alias"]])("text in a body needs no preflight, for %s", async (path) => {
  const page = await openPage();
  for (const type of ["text/plain", "text/plain;charset=UTF-8", undefined]) {
    const init = { ...post("plain"), ...(type !== undefined && { headers: { "Content-Type": type } }) };
    let status = 0;
    const methods = await methodsDuring(page, async () => {
      ({ status } = await fetchIn(page, path, init));
    });
    expect(methods).toEqual(["POST"]);
    // An event is no alias token: it is read, and refused for what it lacks.
    expect(status).toBe(path === "/v1/e" ? 202 : 400);
  }
  const json = { ...post("plain"), headers: { "Content-Type": "application/json" } };
  expect(await methodsDuring(page, () => fetchIn(page, path, json))).toContain("OPTIONS");
});

test("what sendBeacon sends arrives, as a string and as a Blob of text", async () => {
  const page = await openPage();
  for (const type of ["string", "text/plain"]) {
    const isQueued = await page.evaluate(
      ([url, body, kind]) => navigator.sendBeacon(url, kind === "string" ? body : new Blob([body], { type: kind })),
      [`${shared.app.url}/v1/e`, post(`beacon ${type}`).body ?? "", type] as const,
    );
    expect(isQueued).toBe(true);
    await expect.poll(() => currentOf(`beacon ${type}`)).toBe(1);
  }
});

test("a page may record without being able to read the answer, and with credentials", async () => {
  const page = await openPage();
  expect(await fetchIn(page, "/v1/e", { ...post("blind"), mode: "no-cors" })).toMatchObject({ type: "opaque" });
  expect(await currentOf("blind")).toBe(1);
  expect(await fetchIn(page, "/v1/e", { ...post("cookies"), credentials: "include" })).toMatchObject({ status: 202 });
});

test("a page of the internet reaches a server on its visitor's machine, once the visitor permits it", async () => {
  // Chromium is told that the page's address is a public one.
  const publicBrowser = await launchChromium([`--ip-address-space-overrides=127.0.0.1:${new URL(origin).port}=public`]);
  onTestFinished(() => publicBrowser.close());
  const context = await publicBrowser.newContext();
  html = `<!doctype html><script src="${shared.app.url}/widget.js" data-manual></script>`;
  const page = await context.newPage();
  await page.goto(origin);
  expect(await page.evaluate("typeof window.streak")).toBe("undefined");
  await expect(fetchIn(page, "/v1/e", post("local"))).rejects.toThrow("Failed to fetch");

  await context.grantPermissions(["local-network-access"], { origin });
  await page.reload();
  expect(await page.evaluate("typeof window.streak")).toBe("function");
  expect(await fetchIn(page, "/v1/e", post("local"))).toMatchObject({ status: 202 });
  const json = { ...post("local"), headers: { "Content-Type": "application/json" } };
  expect(await fetchIn(page, "/v1/e", json)).toMatchObject({ status: 202 });
});

test("pages without an origin are refused with a reason, unless the project lists null", async () => {
  const file = join(await newFolder(), "page.html");
  await writeFile(file, "<p>A page");
  html = `<iframe sandbox="allow-scripts" srcdoc="<p>A frame"></iframe>`;
  const page = await openPage();
  const frame = page.frames()[1];
  if (frame === undefined) {
    throw new Error("the page has no frame");
  }
  for (const [name, place] of [
    ["file", await openPage(pathToFileURL(file).href)],
    ["frame", frame],
  ] as const) {
    const refused = await fetchIn(place, "/v1/e", post(name));
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      403,
      { error: "FORBIDDEN_ORIGIN", message: expect.stringContaining("allowedOrigins") },
    ]);
    expect(await currentOf(name)).toBe(0);
    expect(await fetchIn(place, "/v1/e", post(name, "framed"))).toMatchObject({ status: 202 });
    expect(await currentOf(name, "framed")).toBe(1);
  }
});
