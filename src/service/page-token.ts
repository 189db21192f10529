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

/**
 * Cuts a page of what was read, and returns it with the token of the next page.
 *
 * @param found up to one item more than the page holds, which tells that there is a next page
 * @param size how many items the page holds
 * @param idOf returns what the next page begins after
 * @param list see {@link pageTokenAfter}
 */
export function pageOf<Item>(
  found: readonly Item[],
  size: number,
  idOf: (item: Item) => string,
  list: readonly string[],
): { readonly page: Item[]; readonly nextPageToken: string } {
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return { page, nextPageToken: last === undefined ? "" : pageTokenAfter(idOf(last), list) };
}

function listId(list: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(list)).digest().subarray(0, LIST_BYTES);
}
