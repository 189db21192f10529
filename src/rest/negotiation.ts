import type { IncomingHttpHeaders } from "node:http";
import { StreakdError } from "../errors.ts";

/** The format of a body. */
export type BodyFormat = "json" | "proto";

/** The media type of a stream of messages over REST: a line for each message, as JSON. */
export const LINES_TYPE = "application/x-ndjson";

/**
 * Returns the format that the headers name. `text/plain` is JSON, because `navigator.sendBeacon` sends it; a missing
 * Content-Type is JSON too. Throws INVALID_BODY for anything else.
 */
export function bodyFormat(headers: IncomingHttpHeaders): BodyFormat {
  const type = mediaType(headers["content-type"] ?? "");
  if (type === "" || type === "application/json" || type === "text/plain") {
    return "json";
  }
  if (isProto(type)) {
    return "proto";
  }
  throw new StreakdError("INVALID_BODY", "The body's Content-Type is not understood: send JSON as application/json.");
}

/** Throws INVALID_BODY unless the headers name lines of JSON, or no format at all. */
export function requireLines(headers: IncomingHttpHeaders): void {
  const type = mediaType(headers["content-type"] ?? "");
  if (type !== "" && type !== LINES_TYPE) {
    throw new StreakdError(
      "INVALID_BODY",
      `The body's Content-Type is not understood: send lines of JSON as ${LINES_TYPE}.`,
    );
  }
}

/** Whether the caller asks for protobuf binary by its `Accept` header. */
export function acceptsProto(headers: IncomingHttpHeaders): boolean {
  return (headers.accept ?? "").split(",").some((range) => isProto(mediaType(range)));
}

function mediaType(header: string): string {
  return (header.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function isProto(type: string): boolean {
  return type === "application/proto" || type === "application/x-protobuf";
}
