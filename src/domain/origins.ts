import { isIPv4 } from "node:net";

/** An entry of a project's `allowedOrigins`, as `parseAllowedOrigin` reads it. */
export type AllowedOrigin =
  /** Exactly this origin, as browsers write it. */
  | { readonly kind: "origin"; readonly origin: string }
  /** This host, with any scheme and port. */
  | { readonly kind: "host"; readonly host: string }
  /** Every host with this suffix, with any scheme and port. The suffix starts with a dot. */
  | { readonly kind: "subdomains"; readonly suffix: string };

/**
 * Reads an entry of a project's `allowedOrigins`, which is one of:
 *
 * - an origin, such as `https://app.example.com` or `http://localhost:3000`. The default port of the scheme can be left
 *   out. Any scheme is possible, such as `capacitor://localhost`.
 * - a host, such as `example.com`, `localhost`, `127.0.0.1` or `[::1]`: any scheme and port, without its subdomains.
 * - `*.example.com`: every host below `example.com` at any depth, with any scheme and port, but not `example.com`
 *   itself. At least two labels must follow the star, since `*.com` would admit nearly everybody. `*.localhost` is
 *   possible.
 *
 * Upper case and letters outside ASCII mean what they mean in a browser: `Bücher.example` is `xn--bcher-kva.example`.
 *
 * @returns `undefined` for anything else: `*`, a path (even `/`), a user name, a host with a port but no scheme, a
 *   space, a dot at the end, an IP address that is not spelled as browsers send it
 */
export function parseAllowedOrigin(entry: string): AllowedOrigin | undefined {
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
  return host === undefined ? undefined : { kind: "host", host };
}

/**
 * Whether any of a project's entries lets pages of this origin call.
 *
 * @param origin the request's `Origin` header. It must be a serialised origin, exactly as browsers send it. Everything
 *   else is refused, `null` too, which any page sends that hides its origin.
 */
export function isAllowedOrigin(allowed: readonly AllowedOrigin[], origin: string): boolean {
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
