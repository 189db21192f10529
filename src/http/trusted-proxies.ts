import { BlockList, isIP } from "node:net";
import { readAddress } from "../address.ts";
import type { Request } from "./message.ts";

/** The entry that trusts every client of the Unix socket. */
const UNIX = "unix";

/** A network, such as `10.0.0.0/8`, or an address. */
interface ProxyRange {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  /** How many leading bits are compared. */
  readonly bits: number;
}

/** Whether a text can be an entry of {@link createProxyTrust}. */
export function isProxyEntry(text: string): boolean {
  return text === UNIX || rangeOf(text) !== undefined;
}

/**
 * Creates a function that finds the clients behind trusted proxies. Each proxy adds the address that it was called from
 * at the end of `X-Forwarded-For`; a client can invent the entries before. So the client is the last address that is
 * not a trusted proxy's. When all addresses are trusted proxies, the client is the first address. An entry that is no
 * address ends the search: then the client is the address after that entry.
 *
 * @param entries addresses, networks such as `10.0.0.0/8`, or `unix` for the Unix socket
 * @returns a function that returns the address of a request's client; undefined when its peer is the client
 */
export function createProxyTrust(entries: readonly string[]): (request: Request) => string | undefined {
  const trusted = new BlockList();
  for (const { address, family, bits } of entries.map(rangeOf).filter((range) => range !== undefined)) {
    trusted.addSubnet(address, bits, family);
  }
  const isSocketTrusted = entries.includes(UNIX);

  function isTrusted(address: string | undefined): boolean {
    return address === undefined ? isSocketTrusted : trusted.check(address, address.includes(":") ? "ipv6" : "ipv4");
  }

  return ({ headers, peer }) => {
    const forwarded = headers["x-forwarded-for"];
    if (forwarded === undefined || !isTrusted(peer)) {
      return undefined;
    }
    let client: string | undefined;
    for (const entry of `${forwarded}`.split(",").reverse()) {
      const address = readAddress(entry.trim());
      if (address === undefined) {
        break;
      }
      client = address;
      if (!isTrusted(address)) {
        break;
      }
    }
    return client;
  };
}

function rangeOf(text: string): ProxyRange | undefined {
  const [written = "", bits, ...more] = text.split("/");
  const family = isIP(written) === 4 ? "ipv4" : "ipv6";
  const most = family === "ipv4" ? 32 : 128;
  if (isIP(written) === 0 || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && +bits <= most))) {
    return undefined;
  }
  return { address: written, family, bits: bits === undefined ? most : +bits };
}
