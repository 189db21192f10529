import { describe, expect, test } from "vitest";
import { peerOf, readAddress } from "#src/address.ts";
import type { Request } from "#src/http/message.ts";
import { createProxyTrust, isProxyEntry } from "#src/http/trusted-proxies.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["192.0.2.1:8080", "192.0.2.1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["[::ffff:192.0.2.1]:80", "192.0.2.1"],
  ["fe80::1%eth0", "fe80::1"],
  ["", undefined],
  ["unknown", undefined],
  ["_hidden", undefined],
  ["192.0.2", undefined],
  ["192.0.2.256", undefined],
  ["192.0.2.1:", undefined],
  ["192.0.2.1:port", undefined],
  ["[192.0.2.1", undefined],
  ["::g", undefined],
  ["for=192.0.2.1", undefined],
  ["192.0.2.1 192.0.2.2", undefined],
])("%j is read as %s", (text, address) => {
  expect(readAddress(text)).toBe(address);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  [undefined, undefined],
])("a socket from %s is of the client %s", (remoteAddress, address) => {
  expect(peerOf({ remoteAddress })).toBe(address);
});

test.each(["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "fd00::/8", "::1", "unix"])("%j can be trusted", (entry) => {
  expect(isProxyEntry(entry)).toBe(true);
});

test.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10.0.0/8", "proxy.example", "10.0.0.1:80"])(
  "%j can't be trusted",
  (entry) => {
    expect(isProxyEntry(entry)).toBe(false);
  },
);

describe("the client behind trusted proxies", () => {
  const TRUSTED = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"];

  test.each([
    ["nobody told", "10.0.0.1", undefined, undefined],
    ["the one that the proxy was called from", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["the last that is not trusted, whatever came before", "10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["behind two proxies", "10.0.0.1", "1.1.1.1, 198.51.100.1,10.9.9.9", "198.51.100.1"],
    ["with a port", "10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["of IPv6", "fd00::1", "2001:db8::1", "2001:db8::1"],
    ["where the peer is IPv4 written as IPv6", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["where an entry is IPv4 written as IPv6", "10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"],
    ["the first, when all are trusted", "10.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9"],
    ["the one behind what can't be read", "10.0.0.1", "198.51.100.1, unknown, 10.0.0.8", "10.0.0.8"],
    ["the peer, when the last can't be read", "10.0.0.1", "198.51.100.1, unknown", undefined],
    ["the peer, when the header is empty", "10.0.0.1", "", undefined],
    ["the peer, when it is not trusted", "198.51.100.9", "203.0.113.1", undefined],
    ["the peer, on a Unix socket that is not trusted", undefined, "203.0.113.1", undefined],
  ])("%s", (_, peer, forwarded, client) => {
    expect(clientOf(TRUSTED, peer, forwarded)).toBe(client);
  });

  test("on a trusted Unix socket", () => {
    expect(clientOf(["unix"], undefined, "198.51.100.1")).toBe("198.51.100.1");
    expect(clientOf(["unix"], "10.0.0.1", "198.51.100.1")).toBeUndefined();
  });

  function clientOf(trusted: readonly string[], peer: string | undefined, forwarded: string | undefined) {
    return createProxyTrust(trusted)({ peer, headers: { "x-forwarded-for": forwarded } } as unknown as Request);
  }
});
