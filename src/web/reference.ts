import { errorCatalogue } from "../error-catalogue.ts";
import type { Answer } from "../http/message.ts";
import { FOREVER } from "./built-file.ts";
import { NO_SNIFFING } from "./html-page.ts";
import { ASKED_EACH_TIME, OWN_FILES_ONLY } from "./served.ts";
import { type Asset, notBuiltAt, readAsset, type StaticFiles, servesAsset } from "./static-files.ts";

/** Where the API reference is. With a slash at the end it is the same. */
const PATHS = ["/docs", "/docs/"];

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%23e8590c' " +
  "d='M17 2c2 6 9 9 9 17a10 10 0 0 1-20 0c0-4 2-7 4-9 0 3 1 4 3 5 1-5 1-9 4-13z'/%3E%3C/svg%3E";

/**
 * Reads the API reference that the build has made: a page at `/docs`, and its script and style at names with their hashes.
 * The operations come from `/openapi.json`, which the script reads; the errors come from the catalogue.
 *
 * @param packages the folder of the packages, ending in a slash
 * @throws when a file can't be read, unless it does not exist
 */
export function readReference(packages: URL): StaticFiles {
  try {
    const [script, style] = (["reference.js", "reference.css"] as const).map((name) =>
      readAsset(name, new URL(`reference/dist/${name}`, packages)),
    ) as [Asset, Asset];
    const html = pageOf(script.path, style.path);
    const assets = [script, style].map((file) => [file.path, servesAsset(file, FOREVER)] as const);
    return {
      isBuilt: true,
      pages: new Map([...PATHS.map((path) => [path, async () => answer(html)] as const), ...assets]),
    };
  } catch (error) {
    return notBuiltAt(PATHS, error);
  }
}

/** Returns the answer with the page. It has no ETag, so that the server compresses it as it does other text. */
function answer(html: string): Answer {
  return {
    status: 200,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": OWN_FILES_ONLY.join("; "),
      "Cache-Control": ASKED_EACH_TIME,
      "Cross-Origin-Opener-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
      ...NO_SNIFFING,
    },
    body: html,
  };
}

function pageOf(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>API reference · streakd</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
<a class="skip" href="#operations">Skip to the operations</a>
<header>
<a class="brand" href="/">streakd</a>
<nav aria-label="This page">
<a href="#operations">Operations</a>
<a href="#errors">Errors</a>
<a href="/openapi.json">OpenAPI</a>
</nav>
</header>
<main>
<h1>API reference</h1>
<p class="lead">The REST API of this server. Open an operation, fill it in and press <b>Execute</b>: the call goes to this
server, and what it changes is changed.</p>
<ul class="notes">
<li>Operations with a lock need a token. Press <b>Authorize</b> and paste the admin token, or another token that has the
scope. It stays in the memory of this page until you leave it or log out, and goes with every call from here.</li>
<li>A project that does not allow the origin of this page answers the calls of apps, such as <code>POST /v1/e</code>,
with <a href="#FORBIDDEN_ORIGIN"><code>FORBIDDEN_ORIGIN</code></a>. A token that has the scope of the call
(<code>events:record</code>, say) is let in from here all the same.</li>
</ul>
<section id="operations" aria-labelledby="operations-title" tabindex="-1">
<h2 id="operations-title">Operations</h2>
<noscript><p>The operations are shown by a script, which your browser does not run. They are all in
<a href="/openapi.json">/openapi.json</a>.</p></noscript>
<div id="renderer"><p>Reading the operations…</p></div>
</section>
<section id="errors" aria-labelledby="errors-title" tabindex="-1">
<h2 id="errors-title">Errors</h2>
<p>Every error is <code>{"error": CODE, "message": "what is wrong and how to mend it"}</code>, with a <code>field</code>
when one is to blame. Over Connect and gRPC the code is the <code>reason</code> of a
<code>google.rpc.ErrorInfo</code>. A code never changes its meaning.</p>
<table>
<thead><tr><th scope="col">Code<th scope="col">HTTP<th scope="col">gRPC<th scope="col">What it means<th scope="col">How to mend it</thead>
<tbody>
${Object.entries(errorCatalogue).map(errorRow).join("\n")}
</tbody>
</table>
</section>
</main>
</html>
`;
}

type CatalogueEntry = (typeof errorCatalogue)[keyof typeof errorCatalogue];

function errorRow([code, { http, connect, meaning, remedy }]: [code: string, entry: CatalogueEntry]): string {
  return [
    `<tr id="${code}"><th scope="row"><a href="#${code}"><code>${code}</code></a>`,
    `<td data-label="HTTP">${http}`,
    `<td data-label="gRPC"><code>${connect.toUpperCase()}</code>`,
    `<td data-label="What it means">${htmlOf(meaning)}`,
    `<td data-label="How to mend it">${htmlOf(remedy)}`,
  ].join("");
}

/** Turns a text of the catalogue, whose only Markdown is code, into HTML. */
function htmlOf(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return escaped.replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
