import type { RequestHead } from "./message.ts";

/**
 * A host with or without a port (RFC 3986, 3.2.2): a name or an IPv4 address, or an IPv6 address in brackets. The
 * repetition is over single characters, so that a long value takes no longer than its length.
 */
const HOST = /^(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The host that a request is for, as its client says: `:authority` of HTTP/2, or the `Host` header. */
export function hostOf({ headers }: RequestHead): string | undefined {
  const authority = headers[":authority"];
  return typeof authority === "string" ? authority : headers.host;
}

/**
 * Whether a request says for which host it is, in the form that RFC 9110 (7.2) asks for. A server must refuse any other
 * request: what stands before it may have read another host.
 */
export function isValidHost(host: string | undefined): host is string {
  return host !== undefined && HOST.test(host);
}
