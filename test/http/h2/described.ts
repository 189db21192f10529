import type { IncomingHttpHeaders } from "node:http";

/** All that a server has read of a request, as text. */
export function describeRequest(headers: IncomingHttpHeaders, length: number): string {
  return JSON.stringify([Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)), length]);
}
