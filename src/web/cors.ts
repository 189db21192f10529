import { cors } from "@connectrpc/connect";
import type { Answer, RequestHead } from "../http/message.ts";

const ALLOW_METHODS = cors.allowedMethods.join(", ");
/** What tracing and many frameworks add to every request of a page. */
const FRAMEWORK_HEADERS = "Traceparent, Tracestate, Baggage, X-Request-Id, Authorization";
const ALLOW_HEADERS = `${cors.allowedHeaders.join(", ")}, ${FRAMEWORK_HEADERS}, X-User-Token`;
/** Connect's headers, the headers of our errors and of rate limits, and the header that tells a replay. */
const OWN_HEADERS = ["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id", "Idempotent-Replayed"];
const EXPOSE_HEADERS = [...cors.exposedHeaders, ...OWN_HEADERS].join(", ");

/** How long a browser may remember a preflight, in seconds. Its answer changes only with a release. */
const MAX_AGE_SECONDS = 86_400;

/**
 * An origin as browsers send it: `scheme://host`, perhaps with a port, or `null` (a sandboxed frame, a file). Its host
 * is visible ASCII, since browsers write names of other scripts in ASCII.
 */
const SERIALISED_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/(?:(?![/?#@,"<>\\])[!-~])+)$/i;

/** What CORS adds to an answer. */
export interface CorsHeaders {
  /** For every answer, errors included, so that the page can read it. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** Whether the request is a preflight. Its answer is these headers with status 204. */
  readonly isPreflight: boolean;
}

/**
 * Creates what lets pages of other origins call the public paths.
 *
 * Every origin is allowed here, and named: the project says which origins may call, but a preflight has no body, so its
 * project is not known. The call itself is checked. Credentials are allowed, because a browser sends them with every
 * `sendBeacon`; streakd has no cookies and looks at none. {@link withCors} takes this back when the origin is refused.
 *
 * @param isPublic whether pages may read what is at a path, given without its query. Never true for admin paths.
 * @returns a function that returns what CORS adds to a request's answer; undefined when that is nothing
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
      // Also without an origin: a cache must not give a page the answer to such a GET.
      return { headers: { Vary: "Origin" }, isPreflight: false };
    }
    const allowed = {
      Vary: "Origin",
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Credentials": "true",
    };
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

/**
 * Returns an answer with the headers of CORS. A page whose origin the project refuses may read why, but not if it sent
 * credentials.
 */
export function withCors(answer: Answer, cors: CorsHeaders): Answer {
  const headers: Answer["headers"] = { ...cors.headers, ...answer.headers };
  if (answer.headers.Vary !== undefined) {
    headers.Vary = `${cors.headers.Vary}, ${answer.headers.Vary}`;
  }
  if (answer.isOriginRefused) {
    delete headers["Access-Control-Allow-Credentials"];
  }
  return { ...answer, headers };
}
