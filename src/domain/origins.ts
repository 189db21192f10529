import { isIPv4 } from "node:net";

/** An entry of a project's `allowedOrigins`, as `parseAllowedOrigin` reads it. */
export type AllowedOrigin =
  /** Exactly this origin, as browsers write it. */
  | { readonly kind: "origin"; readonly origin: string }
  /** This host, with any scheme and port. */
  | { readonly kind: "host"; readonly host: string }
  /** Every host with this suffix, with any scheme and port. The suffix starts with a dot. */
  | { readonly kind: "subdomains"; readonly suffix: string }
  /** Every page that hides its origin, as `null`. */
  | { readonly kind: "null" };

/**
 * Reads an entry of a project's `allowedOrigins`, which is one of:
 *
 * - an origin, such as `https://app.example.com` or `http://localhost:3000`. The default port of the scheme can be left
 *   out. Any scheme is possible, such as `capacitor://localhost`.
 * - a host, such as `example.com`, `localhost`, `127.0.0.1` or `[::1]`: any scheme and port, without its subdomains.
 * - `*.example.com`: every host below `example.com` at any depth, with any scheme and port, but not `example.com`
 *   itself. At least two labels must follow the star, since `*.com` would admit nearly everybody. `*.localhost` is
 *   possible.
 * - `null`: what browsers send for pages that hide their origin: sandboxed frames, files, `data:` URLs. Any site can make
 *   such a page, so this lets everybody's pages call.
 *
 * Upper case and letters outside ASCII mean what they mean in a browser: `Bücher.example` is `xn--bcher-kva.example`.
 *
 * @returns `undefined` for anything else: `*`, a path (even `/`), a user name, a host with a port but no scheme, a
 *   space, a dot at the end, an IP address that is not spelled as browsers send it
 */
export function parseAllowedOrigin(entry: string): AllowedOrigin | undefined {
  if (entry === NULL_ORIGIN) {
    return { kind: "null" };
  }
  const { scheme, host: originHost, port } = ORIGIN_ENTRY.exec(entry)?.groups ?? {};
  if (scheme !== undefined && originHost !== undefined) {
    const host = canonicalHost(originHost);
    const origin = host === undefined ? undefined : serialise(scheme.toLowerCase(), host, port);
    return origin === undefined ? undefined : { kind: "origin", origin };
  }
  if (entry.startsWith("*.")) {
    const parent = canonicalHost(entry.slice("*.".length));
    const isNarrow = parent !== undefined && (parent.includes(".") || parent === "localhost") && !isIPv4(parent);
    return isNarrow ? { kind: "subdomains", suffix: `.${parent}` } : undefined;
  }
  const host = canonicalHost(entry);
  // A host of this name would never match what its author most likely means.
  return host === undefined || host === NULL_ORIGIN ? undefined : { kind: "host", host };
}

/** Returns what is wrong with an entry that can't be read, and what to write instead. */
export function problemOfOrigin(entry: string): string {
  if (entry.toLowerCase() === NULL_ORIGIN) {
    return "must be in lower case; write null";
  }
  if (entry === "*") {
    return "would let every page on the web call; list the origins, such as https://app.example.com";
  }
  const { scheme, rest } = /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)?(?<rest>.*)$/is.exec(entry)?.groups ?? {};
  const [beforePath = ""] = (rest ?? "").split(/[/?#]/);
  if (scheme !== undefined && beforePath.startsWith("*.")) {
    return mended(beforePath.replace(/:\d*$/, ""), "has a scheme and a wildcard, and a wildcard is for every scheme");
  }
  if (beforePath !== rest) {
    return mended(`${scheme ?? ""}${beforePath}`, "has a path, if only a slash, and origins have none");
  }
  if (scheme === undefined && /^[^:[\]]+:\d+$/.test(entry) && !entry.startsWith("*")) {
    return mended(`https://${entry}`, "has a port, which needs a scheme");
  }
  if (entry.startsWith("*.") && !entry.slice("*.".length).includes(".")) {
    return "is too wide; at least two labels must follow the star, as in *.example.com";
  }
  return "must be an origin (https://app.example.com), a host (example.com), *.example.com or null";
}

/** Says what is wrong, and what to write, if that can be read. */
function mended(entry: string, problem: string): string {
  return parseAllowedOrigin(entry) === undefined ? problem : `${problem}; write ${entry}`;
}

/**
 * Whether any of a project's entries lets pages of this origin call.
 *
 * @param origin the request's `Origin` header. It must be a serialised origin, exactly as browsers send it, or `null`.
 */
export function isAllowedOrigin(allowed: readonly AllowedOrigin[], origin: string): boolean {
  if (origin === NULL_ORIGIN) {
    return allowed.some(({ kind }) => kind === "null");
  }
  const { scheme, host, port } = SERIALISED_ORIGIN.exec(origin)?.groups ?? {};
  if (scheme === undefined || host === undefined || serialise(scheme, host, port) !== origin) {
    return false;
  }
  return allowed.some((entry) => matches(entry, origin, host));
}

function matches(entry: AllowedOrigin, origin: string, host: string): boolean {
  switch (entry.kind) {
    case "origin":
      return origin === entry.origin;
    case "host":
      return host === entry.host;
    case "subdomains":
      return host.endsWith(entry.suffix);
    case "null":
      return false;
  }
}

/** The origin as browsers write it, or `undefined` when the port is too large. */
function serialise(scheme: string, host: string, port: string | undefined): string | undefined {
  if (port === undefined || port === DEFAULT_PORTS.get(scheme)) {
    return `${scheme}://${host}`;
  }
  return Number(port) > MAX_PORT ? undefined : `${scheme}://${host}:${port}`;
}

/** The host as browsers write it, or `undefined` when it is not a host. */
function canonicalHost(host: string): string | undefined {
  // The URL parser alone would accept too much: it drops tabs, decodes %65 and stops at a slash.
  if (!HOST_ENTRY.test(host) || !URL.canParse(`http://${host}/`)) {
    return undefined;
  }
  const canonical = new URL(`http://${host}/`).hostname;
  // The parser keeps ASCII names as they are, but rewrites IPv4 addresses: 127.1 becomes 127.0.0.1.
  const isRewritten = ASCII_NAME.test(host) && canonical !== host.toLowerCase();
  return isRewritten || !CANONICAL_HOST.test(canonical) ? undefined : canonical;
}

/** What browsers send for a page that hides its origin. */
const NULL_ORIGIN = "null";

const SCHEME = "(?<scheme>[a-z][a-z0-9+.-]*)";
const PORT = "(?<port>[1-9][0-9]{0,4})";
/** Labels joined by dots, or an IPv6 address in brackets. */
const HOST = "(?<host>(?:[a-z0-9_-]+\\.)*[a-z0-9_-]+|\\[[0-9a-f:]+\\])";

const SERIALISED_ORIGIN = new RegExp(`^${SCHEME}://${HOST}(?::${PORT})?$`);
const CANONICAL_HOST = new RegExp(`^${HOST}$`);
/** Only separates the parts; `canonicalHost` checks the host. */
const ORIGIN_ENTRY = new RegExp(`^${SCHEME}://(?<host>\\[.*\\]|[^:]*)(?::${PORT})?$`, "i");
/** A name in any script, or something in brackets that may be an IPv6 address. */
const HOST_ENTRY = /^(?:[\p{L}\p{M}\p{N}._-]+|\[[0-9A-Fa-f:.]+\])$/u;
const ASCII_NAME = /^[\w.-]+$/;

const DEFAULT_PORTS = new Map([
  ["http", "80"],
  ["https", "443"],
]);
const MAX_PORT = 65_535;
