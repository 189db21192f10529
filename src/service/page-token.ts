import { createHash } from "node:crypto";
import { refusal } from "../errors.ts";

/** How many bytes of a page token identify its list: enough to recognise a page token of another list. */
const LIST_BYTES = 6;

/**
 * Returns the page token of the page that begins after `last`. Its encoding tells clients not to make page tokens
 * themselves.
 *
 * @param list the fields of the request that choose the list; the next request must have the same
 */
export function pageTokenAfter(last: string, list: readonly string[]): string {
  return Buffer.concat([listId(list), Buffer.from(last)]).toString("base64url");
}

/**
 * Returns the `last` of a page token; undefined for the empty page token, which means the first page.
 *
 * @throws StreakdError INVALID_BODY for a text that is no page token, and for a page token of another list
 */
export function readPageToken(token: string, list: readonly string[]): string | undefined {
  if (token === "") {
    return undefined;
  }
  const last = Buffer.from(token, "base64url").subarray(LIST_BYTES).toString();
  if (pageTokenAfter(last, list) !== token) {
    const more = list.length > 0 ? ". Only pageSize may differ from the earlier request" : "";
    throw refusal("pageToken", `must be the nextPageToken of an earlier answer${more}`);
  }
  return last;
}

function listId(list: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(list)).digest().subarray(0, LIST_BYTES);
}
