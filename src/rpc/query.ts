import { base64Decode } from "@bufbuild/protobuf/wire";
import type { HandlerContext } from "@connectrpc/connect";
import { decodeMessage, type JsonOptions, parse } from "./body.ts";

/**
 * Checks the message of Connect's GET, which is in the query, as strictly as that of a POST. Throws INVALID_BODY.
 */
export function checkQueryMessage({ url, method }: Pick<HandlerContext, "url" | "method">, json: JsonOptions): void {
  const query = new URL(url).searchParams;
  const text = query.get("message") ?? "";
  const isBase64 = query.get("base64") === "1";
  const bytes = isBase64 ? parse("The message is not base64", () => base64Decode(text)) : Buffer.from(text);
  decodeMessage(bytes, query.get("encoding") === "json", method.input, json);
}
