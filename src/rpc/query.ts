import { base64Decode } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { clip, StreakdError, TransportError } from "../errors.ts";
import type { Decompress } from "../http/compression/decompress.ts";
import { ENCODINGS, isEncoding } from "../http/compression/encoding.ts";
import type { Request } from "../http/message.ts";
import { decodeMessage, type JsonOptions, parse } from "./body.ts";

/**
 * Checks the message in the query of Connect's GET as strictly as the message of a POST. Rejects with INVALID_BODY and
 * BODY_TOO_LARGE, and with Connect's own refusal of an encoding that is not understood.
 *
 * @param limit the most bytes of the message
 */
export async function checkQueryMessage(
  { url, method }: Pick<HandlerContext, "url" | "method">,
  request: Request,
  limit: number,
  json: JsonOptions,
  decompress: Decompress,
): Promise<void> {
  const { search, searchParams } = new URL(url);
  // URLSearchParams would accept it.
  parse("The query is not percent-encoded UTF-8", () => decodeURIComponent(search));
  const text = param(searchParams, "message") ?? "";
  const isBase64 = param(searchParams, "base64") === "1";
  const bytes = isBase64 ? parse("The message is not base64", () => base64Decode(text)) : Buffer.from(text);
  const encoding = param(searchParams, "compression") ?? "identity";
  if (encoding !== "identity" && !isEncoding(encoding)) {
    throw unknownCompression(encoding);
  }
  const message = encoding === "identity" ? bytes : await decompress(bytes, encoding, limit, request);
  decodeMessage(message, param(searchParams, "encoding") === "json", method.input, json);
}

/** The error of Connect's library for this, except that the text is bounded. */
function unknownCompression(name: string): TransportError {
  const known = ENCODINGS.join(",");
  const text = `unknown compression "${clip(name)}": supported encodings are ${known}`;
  return new TransportError(text, { cause: new ConnectError(text, Code.Unimplemented, { "accept-encoding": known }) });
}

/** Returns a parameter that may be given at most once. */
function param(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = query.getAll(name);
  if (more.length > 0) {
    throw new StreakdError("INVALID_BODY", `${name} is given more than once in the query: send it once.`);
  }
  return value;
}
