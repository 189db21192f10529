import type { DescMessage } from "@bufbuild/protobuf";
import { clip, refusal, StreakdError } from "../errors.ts";
import { asInt, type Convert, oneOf, onlyKnown } from "./decode.ts";
import type { Query } from "./route.ts";

/** Reads a query string (without its `?`). Throws INVALID_BODY when its percent-encoding is broken or not UTF-8. */
export function parseQuery(text: string): Query {
  const query = new Map<string, string[]>();
  for (const pair of text.split("&")) {
    if (pair === "") {
      continue;
    }
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decodePart(pair.slice(equals + 1));
    const values = query.get(name);
    if (values === undefined) {
      query.set(name, [value]);
    } else {
      values.push(value);
    }
  }
  return query;
}

/** Reads a parameter that may be given at most once. */
export function param<T>(query: Query, name: string, convert: Convert<T>): T | undefined {
  const values = query.get(name);
  if (values !== undefined && values.length > 1) {
    throw refusal(name, "is given more than once in the query: send it once");
  }
  return values === undefined ? undefined : convert(values[0], name);
}

/** Reads a parameter that has an older name too. Both may be given when they say the same. */
export function paramAliased<T>(query: Query, name: string, alias: string, convert: Convert<T>): T | undefined {
  return oneOf(param(query, name, convert), name, param(query, alias, convert), alias, "");
}

/** Reads a parameter that may be given many times. */
export function paramList<T>(query: Query, name: string, convert: Convert<T>): T[] {
  return (query.get(name) ?? []).map((value, index) => convert(value, `${name}[${index}]`));
}

/** Whether a parameter's name begins with `prefix`, a field's path with a dot at the end. */
export function hasParams(query: Query, prefix: string): boolean {
  return query.keys().some((name) => name.startsWith(prefix));
}

/**
 * Returns the body of a call that reads nothing else. Throws INVALID_BODY when there is any parameter, or when the body
 * has a name that is no field's. Otherwise a `validateOnly` that is misspelt, or in the query, would be ignored, and
 * the call would make a real change.
 */
export function onlyBody(body: unknown, query: Query, desc: DescMessage): unknown {
  const [name] = query.keys();
  if (name !== undefined) {
    const message = "This call takes no parameters in the query: send them in the body.";
    throw new StreakdError("INVALID_BODY", message, { field: clip(name) || undefined });
  }
  return onlyKnown(body, desc, "");
}

/** Takes a 32-bit integer in decimal digits. */
export function intText(value: unknown, at: string): number {
  if (typeof value !== "string" || !/^-?\d+$/.test(value)) {
    throw refusal(at, "must be an integer, in digits");
  }
  return asInt(Number(value), at);
}

/** Takes `true` or `false`. */
export function boolText(value: unknown, at: string): boolean {
  if (value !== "true" && value !== "false") {
    throw refusal(at, "must be true or false");
  }
  return value === "true";
}

function decodePart(text: string): string {
  // Most parts need no decoding. This check costs a tenth of it.
  if (!text.includes("%") && !text.includes("+")) {
    return text;
  }
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new StreakdError(
      "INVALID_BODY",
      "The query is not percent-encoded UTF-8: encode it with encodeURIComponent.",
    );
  }
}
