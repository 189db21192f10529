import { cors } from "@connectrpc/connect";
import type { HttpRequest, HttpResponse } from "../rest/http.ts";

const ALLOW_METHODS = cors.allowedMethods.join(", ");
const ALLOW_HEADERS = cors.allowedHeaders.join(", ");
/** Connect's, and what a page needs to read from our errors. */
const EXPOSE_HEADERS = [...cors.exposedHeaders, "Retry-After"].join(", ");

/** How long a browser may remember a preflight, in seconds. Nothing in the answer changes but with a release. */
const MAX_AGE_SECONDS = 86_400;

/** An origin as browsers send it: `scheme://host`, perhaps with a port, or `null` (a sandboxed frame, a file). */
const SERIALISED_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,"<>\\]+)$/i;

/**
 * Creates the step that lets pages of other origins call the public paths: it answers preflights, and puts the headers
 * on any other answer, errors included, so that the page can read it. Call it before anything writes to the answer.
 *
 * Every origin is let through here: a preflight has no body, so it can't know the project, and it is the project that
 * says which origins may call. That is checked on the call itself. Cookies are never allowed, as streakd has none.
 *
 * @param isPublic says of a path, without its query, whether pages may call it. Never true for admin paths.
 * @returns a function that says whether it has answered the request.
 */
export function createCors(
  isPublic: (path: string) => boolean,
): (path: string, req: HttpRequest, res: HttpResponse) => boolean {
  return (path, req, res) => {
    const { origin } = req.headers;
    if (origin === undefined && req.method === "POST") {
      return false;
    }
    if (!isPublic(path)) {
      return false;
    }
    // Also where there is no origin: a cache must not hand such an answer of a GET to a page.
    res.setHeader("Vary", "Origin");
    if (origin === undefined || !SERIALISED_ORIGIN.test(origin)) {
      return false;
    }
    res.setHeader("Access-Control-Allow-Origin", origin);
    if (req.method !== "OPTIONS" || req.headers["access-control-request-method"] === undefined) {
      res.setHeader("Access-Control-Expose-Headers", EXPOSE_HEADERS);
      return false;
    }
    res.statusCode = 204;
    res.setHeader("Access-Control-Allow-Methods", ALLOW_METHODS);
    res.setHeader("Access-Control-Allow-Headers", ALLOW_HEADERS);
    res.setHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
    res.end();
    return true;
  };
}
