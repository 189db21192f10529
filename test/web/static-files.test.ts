import { createHash } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { RequestHead } from "#src/http/message.ts";
import { readStaticFiles } from "#src/web/static-files.ts";
import { openApp, useApp } from "../support/app.ts";
import { newFolder } from "../support/folder.ts";

const shared = useApp();

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks with exactly these headers. `fetch` would add its own, and decompress. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${shared.app.url}${path}`, { method, headers }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, body: await buffer(response) });
    });
    asked.on("error", reject).end();
  });
}

interface Entry {
  readonly path: string;
  readonly integrity: string;
  readonly bytes: number;
}

async function manifest(): Promise<Record<string, Entry>> {
  return (await shared.app.get("/assets/manifest.json")).json;
}

describe.each(["widget.js", "sdk.js"])("%s", (name) => {
  test("is a script for pages of every origin, whether they send an Origin or not", async () => {
    for (const headers of [{}, { Origin: "https://anybody.example" }, { Origin: "null" }]) {
      const answer = await ask(`/${name}`, headers as Record<string, string>);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-type": "text/javascript; charset=utf-8",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "timing-allow-origin": "*",
        "x-content-type-options": "nosniff",
        vary: "Accept-Encoding",
      });
      expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    }
  });

  test("is at a name with its hash too, with the integrity that the manifest tells", async () => {
    const { [name]: entry } = await manifest();
    const [stable, hashed] = [await ask(`/${name}`), await ask(entry?.path ?? "")];
    expect(hashed.body).toEqual(stable.body);
    expect(entry).toEqual({
      path: expect.stringMatching(new RegExp(`^/assets/${name.replace(".js", "")}-[0-9a-f]{16}\\.js$`)),
      integrity: `sha384-${createHash("sha384").update(hashed.body).digest("base64")}`,
      bytes: hashed.body.length,
    });
    expect(hashed.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(stable.headers["cache-control"]).toBe("public, max-age=300, stale-while-revalidate=604800");
  });

  test.each([
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br;q=0, *", "gzip"],
    ["deflate, zstd", undefined],
    ["identity;q=1, br;q=0.5", undefined],
    ["", undefined],
  ])("to a browser that accepts %j comes as %s", async (accepted, encoding) => {
    const plain = await ask(`/${name}`);
    const answer = await ask(`/${name}`, { "Accept-Encoding": accepted });
    const read = { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ""] ?? ((bytes: Buffer) => bytes);
    expect(answer.headers["content-encoding"]).toBe(encoding);
    expect(answer.headers.vary).toBe("Accept-Encoding");
    expect(read(answer.body)).toEqual(plain.body);
  });

  test("has an entity tag for each encoding, and 304 for whoever knows it", async () => {
    const tags = new Set<string | undefined>();
    for (const encoding of ["br", "gzip", "identity"]) {
      const accepted = { "Accept-Encoding": encoding };
      const { etag = "" } = (await ask(`/${name}`, accepted)).headers;
      expect(etag).toMatch(/^"[\w-]+"$/);
      tags.add(etag);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const answer = await ask(`/${name}`, { ...accepted, "If-None-Match": known });
        expect([answer.status, answer.body.length]).toEqual([304, 0]);
        expect(answer.headers).toMatchObject({ etag, vary: "Accept-Encoding", "access-control-allow-origin": "*" });
        expect(answer.headers["cache-control"]).toContain("max-age=300");
      }
      expect((await ask(`/${name}`, { ...accepted, "If-None-Match": '"other"' })).status).toBe(200);
    }
    expect(tags.size).toBe(3);
  });

  test("answers HEAD with the headers of GET and no body, and refuses POST", async () => {
    const accepted = { "Accept-Encoding": "br" };
    const [got, headed] = [await ask(`/${name}`, accepted), await ask(`/${name}`, accepted, "HEAD")];
    expect([headed.status, headed.body.length]).toEqual([200, 0]);
    expect(headed.headers["content-length"]).toBe(`${got.body.length}`);
    expect(headed.headers.etag).toBe(got.headers.etag);
    const posted = await ask(`/${name}`, {}, "POST");
    expect([posted.status, posted.headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

test("a hash of another version is 404, which no cache keeps", async () => {
  const answer = await ask("/assets/widget-0123456789abcdef.js", { Origin: "https://anybody.example" });
  expect(answer.status).toBe(404);
  expect(answer.headers["cache-control"]).toBe("no-store");
  // As for any other path where nothing is.
  expect(answer.headers["access-control-allow-origin"]).toBe("https://anybody.example");
  expect(JSON.parse(`${answer.body}`)).toMatchObject({
    error: "NOT_FOUND",
    message: expect.stringContaining("/assets/manifest.json"),
  });
});

test("the same is served without the fast path, and for no host but those that are allowed", async () => {
  const app = await openApp({ HTTP_FAST_PATH: "off", ALLOWED_HOSTS: "127.0.0.1" });
  const got = await app.get("/widget.js");
  expect([got.status, got.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  const known = await app.get("/widget.js", { "If-None-Match": got.headers.get("etag") ?? "" });
  expect([known.status, known.text]).toEqual([304, ""]);
  const other = await fetch(`${app.url.replace("127.0.0.1", "localhost")}/widget.js`);
  expect(other.status).toBe(421);
});

test("files that are not built are 404, with what to run", async () => {
  const folder = await newFolder();
  const files = readStaticFiles(pathToFileURL(`${folder}/`));
  expect(files.isBuilt).toBe(false);
  const head: RequestHead = { method: "GET", url: "/widget.js", httpVersionMajor: 1, headers: {} };
  for (const path of ["/widget.js", "/sdk.js", "/assets/manifest.json"]) {
    const answer = await files.pages.get(path)?.(head);
    expect([answer?.status, answer?.headers["Cache-Control"]]).toEqual([404, "no-store"]);
    expect(answer?.body).toContain("npm ci --omit=dev");
  }
});

test("the list of names is asked for each time, since an upgrade takes the files of an older list away", async () => {
  const answer = await shared.app.get("/assets/manifest.json");
  expect(answer.headers.get("cache-control")).toBe("public, no-cache");
});
