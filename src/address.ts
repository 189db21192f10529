import { isIP, SocketAddress } from "node:net";

/** An IPv4 address that is written as IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** An address as proxies write it: in brackets or not, with a port or without. A bare IPv6 address has no port. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d{1,5})?|([^:]*):\d{1,5})$/;

/**
 * Reads an IP address, in the one form in which addresses are compared: without a port, brackets or the zone of a
 * link-local address, in lower case, and as IPv4 if it is an IPv4 address written as IPv6. Returns `undefined` for
 * anything else.
 */
export function readAddress(text: string): string | undefined {
  const [, inBrackets, beforePort] = WITH_PORT.exec(text) ?? [];
  const address = (inBrackets ?? beforePort ?? text).replace(/%.*$/, "");
  switch (isIP(address)) {
    case 4:
      return address;
    case 6: {
      const written = new SocketAddress({ address, family: "ipv6" }).address;
      return MAPPED_IPV4.exec(written)?.[1] ?? written;
    }
    default:
      return undefined;
  }
}

/** How Node begins the address of an IPv4 client on a socket that takes IPv6 too. */
const MAPPED = "::ffff:";

/**
 * Returns the IP address of who is at the other end of a socket, in the form of {@link readAddress}. It is asked for on
 * every call, so an address that is in that form is not read. `undefined` on a Unix socket, and once the socket is closed.
 */
export function peerOf({ remoteAddress }: { readonly remoteAddress?: string | undefined }): string | undefined {
  if (remoteAddress?.startsWith(MAPPED)) {
    return remoteAddress.slice(MAPPED.length);
  }
  return remoteAddress?.includes("%") ? readAddress(remoteAddress) : remoteAddress;
}

/**
 * The network that counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, since a client of
 * IPv6 has a whole network of that size. `undefined` for a client without an address, as on a Unix socket.
 */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined || !address.includes(":")) {
    return address;
  }
  if (address.includes(".")) {
    return address.slice(address.lastIndexOf(":") + 1); // An IPv4 address, written as IPv6.
  }
  const [before = "", after = ""] = address.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}
