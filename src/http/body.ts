import type { IncomingHttpHeaders } from "node:http";
import { StreakdError } from "../errors.ts";
import type { HttpRequest } from "./message.ts";

/**
 * The most bytes of a request body that are read. An event has a few KiB at most; the rest is room for a project with
 * many widgets and milestones. It is held in memory as a whole, for each request in flight, so it can't be generous.
 */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * How much of a body that is too large is read and thrown away over HTTP/2 before it is refused. Its clients take the reset
 * of a stream on which they still send for a failure, whatever the answer was; this is what most of them send at the most.
 * Over HTTP/1.1 the connection is closed behind the answer instead.
 */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/** The caller went away before the request was complete. Nobody is left to be answered, and nothing is wrong inside. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** What a body is written in. */
export type BodyFormat = "json" | "proto";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * What the headers say that the body is written in. `text/plain` is JSON because `navigator.sendBeacon` sends it so, and
 * no Content-Type at all is JSON too. Throws INVALID_BODY on anything else, and on a compressed body.
 */
export function bodyFormat(headers: IncomingHttpHeaders): BodyFormat {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") {
    throw new StreakdError("INVALID_BODY", "The body is compressed: send it without a Content-Encoding.");
  }
  const type = mediaType(headers["content-type"] ?? "");
  if (type === "" || type === "application/json" || type === "text/plain") {
    return "json";
  }
  if (isProto(type)) {
    return "proto";
  }
  throw new StreakdError("INVALID_BODY", "The body's Content-Type is not understood: send JSON as application/json.");
}

/** Whether the caller asks for protobuf binary by its `Accept` header. */
export function acceptsProto(headers: IncomingHttpHeaders): boolean {
  return (headers.accept ?? "").split(",").some((range) => isProto(mediaType(range)));
}

/**
 * Reads the whole body. Throws BODY_TOO_LARGE when it has more than `limit` bytes, with the rest unread if there is a lot
 * of it, and {@link ClientGone} when the body ends before its end.
 */
export function readBody(request: HttpRequest, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const patience = "stream" in request ? MAX_DISCARDED_BYTES : limit;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (done: () => void) => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      done();
    };
    const tooLarge = () =>
      settle(() =>
        reject(new StreakdError("BODY_TOO_LARGE", `The body is larger than ${MAX_BODY_BYTES} bytes: send less.`)),
      );
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > patience) {
        tooLarge();
      } else if (size <= limit) {
        chunks.push(chunk);
      }
    };
    const onEnd = () => {
      if (size > limit) {
        tooLarge();
      } else if ("stream" in request && request.stream.aborted) {
        // A reset without an error ends the body as if that were all of it.
        onClose();
      } else {
        settle(() => resolve(Buffer.concat(chunks, size)));
      }
    };
    const onClose = () => settle(() => reject(new ClientGone("the request was aborted")));
    if (request.destroyed) {
      onClose();
    } else if (Number(request.headers["content-length"]) > patience) {
      tooLarge();
    } else {
      request.on("data", onData).on("end", onEnd).on("close", onClose);
    }
  });
}

/** Parses a JSON body. Throws INVALID_BODY when it is not UTF-8 or not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) {
    throw new StreakdError("INVALID_BODY", "The body is empty: send a JSON object.");
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new StreakdError("INVALID_BODY", "The body is not UTF-8: send JSON in UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new StreakdError("INVALID_BODY", "The body is not JSON, or is cut off: send one complete JSON object.");
  }
}

function mediaType(header: string): string {
  return (header.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function isProto(type: string): boolean {
  return type === "application/proto" || type === "application/x-protobuf";
}
