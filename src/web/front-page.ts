import type { Answer, RequestHead } from "../http/message.ts";
import { htmlPage, isBrowser, NO_SNIFFING, pageAnswer } from "./html-page.ts";

/**
 * A place to go on from, with what is there. Those with `isLink` can be opened in a browser, and those with `isBuilt` are
 * only there if the build has made them.
 */
interface Place {
  readonly path: string;
  readonly about: string;
  readonly isLink?: true;
  readonly isBuilt?: true;
}

const ABOUT =
  "This is streakd. Apps report what a user did, and it answers for how many days in a row the user has done it.";

const PLACES: readonly Place[] = [
  { path: "POST /v1/e", about: "record an event" },
  { path: "GET /v1/state", about: "read a user's streak" },
  { path: "/widget.js", about: "the widget, for a script tag of a web page", isLink: true, isBuilt: true },
  { path: "/sdk.js", about: "the SDK for browsers, an ES module", isLink: true, isBuilt: true },
  {
    path: "/assets/manifest.json",
    about: "both under names that change, with integrity hashes",
    isLink: true,
    isBuilt: true,
  },
  { path: "/dashboard/", about: "projects, users and charts, for people", isLink: true, isBuilt: true },
  { path: "/docs", about: "the API reference, where you can try each call", isLink: true, isBuilt: true },
  { path: "/openapi.json", about: "the whole API for machines, in OpenAPI 3.1", isLink: true },
  { path: "/admin/projects", about: "the projects, with the admin token in X-Admin-Token" },
  { path: "/healthz", about: "is it alive", isLink: true },
  { path: "/readyz", about: "does it take requests", isLink: true },
];

const DOCS = [
  "The same port speaks Connect, gRPC and gRPC-Web.",
  "README.md in streakd's repository says how to begin; docs/clients.md has a program for each language.",
];

/**
 * Creates what answers `GET /`: what this is and where to go on, as a page for browsers and as text for everybody else.
 *
 * @param built the paths of what the build has made and this server serves
 */
export function createFrontPage(built: ReadonlySet<string>): (request: RequestHead) => Promise<Answer> {
  const places = PLACES.filter(({ path, isBuilt }) => !isBuilt || built.has(path));
  const text = textOf(places);
  const html = pageOf(places);
  return async (request) => {
    const answer = isBrowser(request)
      ? pageAnswer(200, html)
      : { status: 200, headers: { "Content-Type": "text/plain; charset=utf-8", ...NO_SNIFFING }, body: text };
    return { ...answer, headers: { ...answer.headers, Vary: "Accept" } };
  };
}

function textOf(places: readonly Place[]): string {
  const width = Math.max(...places.map(({ path }) => path.length));
  return `${ABOUT}

${places.map(({ path, about }) => `  ${path.padEnd(width)}  ${about}`).join("\n")}

${DOCS.join("\n")}
`;
}

function pageOf(places: readonly Place[]): string {
  return htmlPage(
    "streakd",
    `<p>${ABOUT}</p>
<table>
${places.map((place) => `<tr><td>${htmlOf(place)}<td>${place.about}`).join("\n")}
</table>
<p>${DOCS.join(" ")}</p>`,
  );
}

function htmlOf({ path, isLink }: Place): string {
  return isLink ? `<a href="${path}"><code>${path}</code></a>` : `<code>${path}</code>`;
}
