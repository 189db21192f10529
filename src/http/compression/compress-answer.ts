import type { OutgoingHttpHeaders } from "node:http";
import { type Answer, isStreamed, type RequestHead } from "../message.ts";
import { type Compress, compressStream, MIN_COMPRESSED_BYTES } from "./compress.ts";
import { chooseEncoding, ENCODINGS, type Encoding, STREAM_ENCODINGS } from "./encoding.ts";

/**
 * The types of bodies that are compressed. The protocols that put messages into envelopes (gRPC, gRPC-Web, Connect's
 * streams) are not among them: they compress each message.
 */
const COMPRESSIBLE =
  /^(?:text\/[\w.+-]+|application\/(?:json|proto|x-protobuf|x-ndjson|javascript|openmetrics-text)|image\/svg\+xml)(?:;|$)/;

/**
 * Compresses an answer in an encoding that its client accepts. Leaves the answer as it is when it is small, is
 * compressed already, has a type that is not compressed, or has an `ETag`, which is of exactly its bytes.
 *
 * An answer that is large enough says in `Vary` that it depends on `Accept-Encoding`. Call this only for a request that
 * has this header: a cache may give the plain answer of any other request to everybody.
 */
export function compressAnswer(answer: Answer, request: RequestHead, compress: Compress): Answer | Promise<Answer> {
  const { body, headers } = answer;
  if (body === undefined || (!isStreamed(body) && body.length < MIN_COMPRESSED_BYTES) || !isCompressible(headers)) {
    return answer;
  }
  const header = request.headers["accept-encoding"];
  const accepted = typeof header === "string" ? header : undefined;
  const varied = { ...answer, headers: withVary(headers) };
  if (isStreamed(body)) {
    const encoding = chooseEncoding(accepted, STREAM_ENCODINGS);
    return encoding === undefined ? varied : encoded(varied, encoding, compressStream(body, encoding));
  }
  const encoding = chooseEncoding(accepted, ENCODINGS);
  if (encoding === undefined) {
    return varied;
  }
  const compressed = compress(typeof body === "string" ? Buffer.from(body) : body, encoding);
  return compressed instanceof Uint8Array
    ? encoded(varied, encoding, compressed)
    : compressed.then((bytes) => encoded(varied, encoding, bytes));
}

function encoded(answer: Answer, encoding: Encoding, body: NonNullable<Answer["body"]>): Answer {
  return { ...answer, headers: { ...answer.headers, "Content-Encoding": encoding }, body };
}

function isCompressible(headers: OutgoingHttpHeaders): boolean {
  const type = headers["Content-Type"] ?? headers["content-type"];
  const isFinal = (headers["Content-Encoding"] ?? headers["content-encoding"] ?? headers.ETag) !== undefined;
  return !isFinal && typeof type === "string" && COMPRESSIBLE.test(type);
}

function withVary({ Vary, ...headers }: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return { ...headers, Vary: Vary === undefined ? "Accept-Encoding" : `${Vary}, Accept-Encoding` };
}
