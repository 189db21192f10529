import { createHash } from "node:crypto";
import type { Answer, RequestHead } from "../http/message.ts";

/** A place to go on from, with what is there. Those with `isLink` can be opened in a browser. */
interface Place {
  readonly path: string;
  readonly about: string;
  readonly isLink?: true;
}

const ABOUT =
  "This is streakd. Apps report what a user did, and it answers for how many days in a row the user has done it.";

const PLACES: readonly Place[] = [
  { path: "POST /v1/e", about: "record an event" },
  { path: "GET /v1/state", about: "read a user's streak" },
  { path: "/widget.js", about: "the widget, for a script tag of a web page", isLink: true },
  { path: "/sdk.js", about: "the SDK for browsers, an ES module", isLink: true },
  { path: "/assets/manifest.json", about: "both under names that change, with integrity hashes", isLink: true },
  { path: "/docs", about: "the API reference, where you can try each call", isLink: true },
  { path: "/openapi.json", about: "the whole API for machines, in OpenAPI 3.1", isLink: true },
  { path: "/admin/projects", about: "the projects, with the admin token in X-Admin-Token" },
  { path: "/healthz", about: "is it alive", isLink: true },
  { path: "/readyz", about: "does it take requests", isLink: true },
];

const DOCS = [
  "The same port speaks Connect, gRPC and gRPC-Web.",
  "README.md in streakd's repository says how to begin; docs/clients.md has a program for each language.",
];

const WIDTH = Math.max(...PLACES.map(({ path }) => path.length));

const TEXT = `${ABOUT}

${PLACES.map(({ path, about }) => `  ${path.padEnd(WIDTH)}  ${about}`).join("\n")}

${DOCS.join("\n")}
`;

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 40rem; margin: 8vh auto; padding: 0 1.5rem; font: 1.0625rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.75rem; margin: 0 0 .75rem; }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; }
td { padding: .45rem 1.5rem .45rem 0; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
td:first-child { white-space: nowrap; }
code { font: .9375rem ui-monospace, monospace; }
`;

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>streakd</title>
<style>${STYLE}</style>
<h1>streakd</h1>
<p>${ABOUT}</p>
<table>
${PLACES.map((place) => `<tr><td>${htmlOf(place)}<td>${place.about}`).join("\n")}
</table>
<p>${DOCS.join(" ")}</p>
</html>
`;

/** The page needs nothing but its own style. */
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** Answers `GET /`: what this is and where to go on, as a page for browsers and as text for everybody else. */
export async function answerFrontPage({ headers }: RequestHead): Promise<Answer> {
  const isBrowser = /\btext\/html\b/i.test(headers.accept ?? "");
  return {
    status: 200,
    headers: {
      "Content-Type": isBrowser ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
      Vary: "Accept",
      "X-Content-Type-Options": "nosniff",
      ...(isBrowser && { "Content-Security-Policy": CONTENT_SECURITY_POLICY }),
    },
    body: isBrowser ? HTML : TEXT,
  };
}

function htmlOf({ path, isLink }: Place): string {
  return isLink ? `<a href="${path}"><code>${path}</code></a>` : `<code>${path}</code>`;
}
