import { StreakdError } from "../errors.ts";
import { tooLarge } from "../http/body.ts";
import { type Answer, isStreamed, type Request, type RequestBody, type RequestHead } from "../http/message.ts";

/**
 * gRPC-Web in base64, for browsers that can't read bytes as they come. The rest of the type is the messages' format.
 */
const TEXT_TYPE = /^application\/grpc-web-text(?=$|[+;])/i;

/**
 * Complete base64. It may be padded in several places, since clients may encode each part of a body for itself.
 */
const BASE64 = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)*$/;

/** Whether a request is gRPC-Web in base64. */
export function isWebText({ headers }: RequestHead): boolean {
  return TEXT_TYPE.test(headers["content-type"] ?? "");
}

/** Returns the same request in binary gRPC-Web. Reading its body may also throw INVALID_BODY. */
export function fromWebText(request: Request): Request {
  const type = request.headers["content-type"]?.replace(TEXT_TYPE, "application/grpc-web");
  return {
    method: request.method,
    url: request.url,
    httpVersionMajor: request.httpVersionMajor,
    headers: { ...request.headers, "content-type": type },
    receivedAt: request.receivedAt,
    requestId: request.requestId,
    get isCall() {
      return request.isCall;
    },
    set isCall(isCall) {
      request.isCall = isCall;
    },
    forwardedFor: request.forwardedFor,
    body: decoded(request.body),
    get peer() {
      return request.peer;
    },
    get isGone() {
      return request.isGone;
    },
    onceOver: (listener) => request.onceOver(listener),
  };
}

/** Returns the answer to a request in base64: each part of the body is encoded for itself. */
export function toWebText(answer: Answer): Answer {
  const { headers, body } = answer;
  const type = headers["content-type"];
  if (body === undefined || typeof type !== "string" || !type.startsWith("application/grpc-web")) {
    return answer;
  }
  return {
    ...answer,
    headers: { ...headers, "content-type": type.replace("application/grpc-web", "application/grpc-web-text") },
    body: isStreamed(body) ? encodeEach(body) : encode(body),
  };
}

function decoded(body: RequestBody): RequestBody {
  return {
    async whole(limit, framing = 0) {
      const most = limit + framing;
      let text: Uint8Array;
      try {
        text = await body.whole(base64Length(most));
      } catch (error) {
        throw error instanceof StreakdError && error.code === "BODY_TOO_LARGE" ? tooLarge(limit) : error;
      }
      const bytes = decode(Buffer.from(text).toString("latin1"));
      if (bytes.length > most) {
        throw tooLarge(limit);
      }
      return bytes;
    },
    async *chunks() {
      let rest = "";
      for await (const chunk of body.chunks()) {
        const text = rest + Buffer.from(chunk).toString("latin1");
        const end = text.length - (text.length % 4);
        rest = text.slice(end);
        if (end > 0) {
          yield decode(text.slice(0, end));
        }
      }
      if (rest !== "") {
        throw notBase64();
      }
    },
  };
}

/** Returns how many characters a number of bytes has in base64. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

function decode(text: string): Buffer {
  if (!BASE64.test(text)) {
    throw notBase64();
  }
  // Node's decoder stops at the first padding.
  const parts = text.match(/[^=]+=*/g) ?? [];
  return Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
}

async function* encodeEach(parts: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  for await (const part of parts) {
    yield encode(part);
  }
}

function encode(part: string | Uint8Array): string {
  return Buffer.from(part as Uint8Array).toString("base64");
}

function notBase64(): StreakdError {
  return new StreakdError("INVALID_BODY", "The body is not base64: send application/grpc-web-text in base64.");
}
