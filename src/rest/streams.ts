import type { Message } from "@bufbuild/protobuf";
import { StreakdError, TransportError } from "../errors.ts";
import { errorAnswer } from "../http/answer.ts";
import { decompressStream } from "../http/compression/decompress.ts";
import { contentEncoding, STREAM_ENCODINGS } from "../http/compression/encoding.ts";
import { parseJson } from "../http/json.ts";
import { type Answer, queryOf, type Request } from "../http/message.ts";
import { joinLines, readLines } from "./lines.ts";
import { LINES_TYPE } from "./negotiation.ts";
import { parseQuery } from "./query.ts";
import type { Route } from "./route.ts";
import { asWritten, type Written } from "./written-field.ts";

/**
 * Returns the messages of a streamed request, each a line of JSON; empty lines are skipped. Throws INVALID_BODY that
 * names the line, BODY_TOO_LARGE, and what {@link decompressStream} throws.
 *
 * @param limit the most bytes of a line
 */
export async function* readRequests(
  route: Route,
  variables: readonly string[],
  request: Request,
  limit: number,
): AsyncGenerator<Message> {
  const query = parseQuery(queryOf(request.url));
  const encoding = contentEncoding(request.headers["content-encoding"], STREAM_ENCODINGS);
  const chunks = request.body.chunks();
  let number = 0;
  for await (const line of readLines(encoding ? decompressStream(chunks, encoding, limit) : chunks, limit)) {
    number += 1;
    if (line.length > 0) {
      yield decodeLine(route, variables, line, query, number);
    }
  }
}

function decodeLine(
  route: Route,
  variables: readonly string[],
  line: Uint8Array,
  query: ReturnType<typeof parseQuery>,
  number: number,
): Message {
  try {
    const message = route.decode(parseJson(line), query);
    route.bind?.(message, variables);
    return message;
  } catch (error) {
    throw error instanceof StreakdError ? error.within(`Line ${number}`) : error;
  }
}

/**
 * Returns an answer of lines of JSON. Waits for the first message, so that a call that fails before it gets an error's
 * status. When a call fails later, the error is the last line.
 */
export async function answerStream(route: Route, responses: AsyncIterable<Message>, request: Request): Promise<Answer> {
  const iterator = responses[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = { status: route.status, headers: { "Content-Type": LINES_TYPE } };
  if (request.method === "HEAD") {
    await iterator.return?.();
    return head;
  }
  return { ...head, body: joinLines(linesOf(route, first, iterator)) };
}

/**
 * Returns the answer to a call that has failed. Throws any error but the pipeline's: it comes from a response that can't
 * be encoded, a defect of ours, which the listener logs.
 *
 * @param route where the request was JSON, whose fields the answer names as {@link asWritten} does
 */
export function callErrorAnswer(error: unknown, route?: Route, written?: Written): Answer {
  if (!(error instanceof StreakdError || error instanceof TransportError)) {
    throw error;
  }
  return errorAnswer(route === undefined ? error : asWritten(error, route, written));
}

async function* linesOf(
  route: Route,
  first: IteratorResult<Message>,
  iterator: AsyncIterator<Message>,
): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await iterator.next()) {
      yield route.encode(next.value);
    }
  } catch (error) {
    yield callErrorAnswer(error, route).body as string;
  } finally {
    await iterator.return?.();
  }
}
