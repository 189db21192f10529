import { isIPv4 } from "node:net";

/** An entry of a project's `allowedOrigins`, ready to be matched. Made by `parseAllowedOrigin`. */
export type AllowedOrigin =
  /** Exactly this origin, as browsers write it. */
  | { readonly kind: "origin"; readonly origin: string }
  /** This host, with any scheme and port. */
  | { readonly kind: "host"; readonly host: string }
  /** Hosts that end so, with any scheme and port. It starts with the dot. */
  | { readonly kind: "subdomains"; readonly suffix: string };

/**
 * Reads an entry of a project's `allowedOrigins`. It is one of:
 *
 * - an origin, `https://app.example.com` or `http://localhost:3000`. The port can be left out where it is the scheme's
 *   own. Any scheme, so `capacitor://localhost` too.
 * - a host, `example.com`, `localhost`, `127.0.0.1` or `[::1]`: any scheme, any port, not its subdomains.
 * - `*.example.com`: every host below `example.com` at any depth, not `example.com` itself; any scheme, any port. At
 *   least two labels must follow, since `*.com` would let in everyone; only `*.localhost` needs no more.
 *
 * Upper case and letters outside ASCII are taken as browsers take them: `Bücher.example` is `xn--bcher-kva.example`.
 * Answers undefined for anything else: `*`, a path (even `/`), a user name, a host with a port but no scheme, a space, a
 * dot at the end, an IP address in another spelling than browsers send.
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
 * Whether a page of this origin may call, by the project's entries.
 *
 * @param origin the request's `Origin` header. It must be a serialised origin, exactly as browsers send it; `null`, which
 *   stands for any page that hides its origin, and everything else that isn't one are refused.
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

/** The origin as browsers write it, or undefined when there is no such port. */
function serialise(scheme: string, host: string, port: string | undefined): string | undefined {
  if (port === undefined || port === DEFAULT_PORTS.get(scheme)) {
    return `${scheme}://${host}`;
  }
  return Number(port) > MAX_PORT ? undefined : `${scheme}://${host}:${port}`;
}

/** The host as browsers write it, or undefined when it is none. */
function canonicalHost(host: string): string | undefined {
  // The URL parser alone would be too kind: it drops tabs, decodes %65 and stops at a slash.
  if (!HOST_ENTRY.test(host) || !URL.canParse(`http://${host}/`)) {
    return undefined;
  }
  const canonical = new URL(`http://${host}/`).hostname;
  // The parser leaves ASCII names as they are and respells IPv4 addresses: 127.1 is 127.0.0.1.
  const isRespelled = ASCII_NAME.test(host) && canonical !== host.toLowerCase();
  return isRespelled || !CANONICAL_HOST.test(canonical) ? undefined : canonical;
}

const SCHEME = "(?<scheme>[a-z][a-z0-9+.-]*)";
const PORT = "(?<port>[1-9][0-9]{0,4})";
/** Labels joined by dots, or an IPv6 address in brackets. */
const HOST = "(?<host>(?:[a-z0-9_-]+\\.)*[a-z0-9_-]+|\\[[0-9a-f:]+\\])";

const SERIALISED_ORIGIN = new RegExp(`^${SCHEME}://${HOST}(?::${PORT})?$`);
const CANONICAL_HOST = new RegExp(`^${HOST}$`);
/** Only tells the parts from each other; `canonicalHost` checks the host. */
const ORIGIN_ENTRY = new RegExp(`^${SCHEME}://(?<host>\\[.*\\]|[^:]*)(?::${PORT})?$`, "i");
/** A name in any script, or what may be an IPv6 address in brackets. */
const HOST_ENTRY = /^(?:[\p{L}\p{M}\p{N}._-]+|\[[0-9A-Fa-f:.]+\])$/u;
const ASCII_NAME = /^[\w.-]+$/;

const DEFAULT_PORTS = new Map([
  ["http", "80"],
  ["https", "443"],
]);
const MAX_PORT = 65_535;
