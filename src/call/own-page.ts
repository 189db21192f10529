import type { IncomingHttpHeaders } from "node:http";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { MethodContract } from "./contract.ts";

/**
 * Whether a request may use the sign-in session of its cookie: whether it comes from a page that this server serves
 * itself, as far as its browser says. A browser adds a cookie to whatever request a page makes, so a cookie alone must
 * not count. Scripts can set neither of these headers.
 *
 * - `Sec-Fetch-Site` decides where it is sent, which is to every host over TLS and to `localhost`. A person who enters
 *   an address (`none`) may read.
 * - Otherwise `Origin` decides: it must be this server's own. Browsers leave it out of reads from their own pages.
 *
 * @param isSecure whether the browser has sent the request over TLS; see `SessionCookies.isSecure`
 * @param hasCookie whether the request names a sign-in session. Without one, a request that has neither header comes from
 *   no browser, and gains nothing by being refused
 */
export function mayUseSession(
  headers: IncomingHttpHeaders,
  { method }: Pick<MethodContract, "method">,
  isSecure: boolean,
  hasCookie: boolean,
): boolean {
  const isRead = method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
  const { origin, "sec-fetch-site": site } = headers;
  if (site !== undefined) {
    return site === "same-origin" || (isRead && site === "none");
  }
  return origin === undefined ? isRead || !hasCookie : isOwnOrigin(origin, headers, isSecure);
}

/**
 * Whether a page that this server serves itself has made a request with a token, such as the API reference. The token
 * already says who calls, so nothing but the page's origin is asked.
 */
export function hasOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  return origin !== undefined && (site === undefined ? isOwnOrigin(origin, headers, false) : site === "same-origin");
}

/**
 * Whether an origin is the one that the request is for. A request that does not say that it came over TLS may have: not
 * every proxy tells. Then both schemes will do.
 */
function isOwnOrigin(origin: string, headers: IncomingHttpHeaders, isSecure: boolean): boolean {
  const host = headers[":authority"] ?? headers.host;
  const scheme = /^https?:/.exec(origin)?.[0];
  if (
    host === undefined ||
    scheme === undefined ||
    (isSecure && scheme !== "https:") ||
    !URL.canParse(`${scheme}//${host}`)
  ) {
    return false;
  }
  // A browser leaves out the port of the scheme; what stands in between may add it to the host.
  return new URL(`${scheme}//${host}`).origin === origin;
}
