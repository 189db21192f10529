import { base64Decode } from "@bufbuild/protobuf/wire";
import type { HandlerContext } from "@connectrpc/connect";
import { StreakdError } from "../errors.ts";
import { decodeMessage, type JsonOptions, parse } from "./body.ts";

/**
 * Checks the message in the query of Connect's GET as strictly as the message of a POST. Throws INVALID_BODY.
 */
export function checkQueryMessage({ url, method }: Pick<HandlerContext, "url" | "method">, json: JsonOptions): void {
  const { search, searchParams } = new URL(url);
  // URLSearchParams would accept it.
  parse("The query is not percent-encoded UTF-8", () => decodeURIComponent(search));
  const text = param(searchParams, "message") ?? "";
  const isBase64 = param(searchParams, "base64") === "1";
  const bytes = isBase64 ? parse("The message is not base64", () => base64Decode(text)) : Buffer.from(text);
  decodeMessage(bytes, param(searchParams, "encoding") === "json", method.input, json);
}

/** Returns a parameter that may be given at most once. */
function param(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = query.getAll(name);
  if (more.length > 0) {
    throw new StreakdError("INVALID_BODY", `${name} is given more than once in the query: send it once.`);
  }
  return value;
}
