import { cors } from "@connectrpc/connect";
import type { RequestHead } from "../http/message.ts";

const ALLOW_METHODS = cors.allowedMethods.join(", ");
const ALLOW_HEADERS = cors.allowedHeaders.join(", ");
/** Connect's, and what a page needs to read from our errors. */
const EXPOSE_HEADERS = [...cors.exposedHeaders, "Retry-After"].join(", ");

/** How long a browser may remember a preflight, in seconds. Nothing in the answer changes but with a release. */
const MAX_AGE_SECONDS = 86_400;

/** An origin as browsers send it: `scheme://host`, perhaps with a port, or `null` (a sandboxed frame, a file). */
const SERIALISED_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,"<>\\]+)$/i;

/** What CORS adds to an answer. */
export interface CorsHeaders {
  /** To be put on the answer, whatever it is, errors included, so that the page can read it. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** Whether the request is a preflight: then the headers are all of the answer, with status 204. */
  readonly isPreflight: boolean;
}

/**
 * Creates what lets pages of other origins call the public paths.
 *
 * Every origin is let through here: a preflight has no body, so it can't know the project, and it is the project that
 * says which origins may call. That is checked on the call itself. Cookies are never allowed, as streakd has none.
 *
 * @param isPublic says of a path, without its query, whether pages may call it. Never true for admin paths.
 * @returns a function that says what a request's answer needs; undefined when that is nothing
 */
export function createCors(
  isPublic: (path: string) => boolean,
): (path: string, request: RequestHead) => CorsHeaders | undefined {
  return (path, { method, headers }) => {
    const { origin } = headers;
    if ((origin === undefined && method === "POST") || !isPublic(path)) {
      return undefined;
    }
    if (origin === undefined || !SERIALISED_ORIGIN.test(origin)) {
      // Also where there is no origin: a cache must not hand such an answer of a GET to a page.
      return { headers: { Vary: "Origin" }, isPreflight: false };
    }
    const allowed = { Vary: "Origin", "Access-Control-Allow-Origin": origin };
    if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) {
      return { headers: { ...allowed, "Access-Control-Expose-Headers": EXPOSE_HEADERS }, isPreflight: false };
    }
    return {
      headers: {
        ...allowed,
        "Access-Control-Allow-Methods": ALLOW_METHODS,
        "Access-Control-Allow-Headers": ALLOW_HEADERS,
        "Access-Control-Max-Age": MAX_AGE_SECONDS,
      },
      isPreflight: true,
    };
  };
}
