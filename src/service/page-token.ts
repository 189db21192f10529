import { createHash } from "node:crypto";
import { refusal } from "../errors.ts";

/** How many bytes of a token tell which list it belongs to: enough that a token of another list is found out. */
const LIST_BYTES = 6;

/**
 * Returns the token of the page that begins after `last`. It is spelt in a way that tells clients not to make their own.
 *
 * @param list what else the request said of the list, which the next request must say again
 */
export function pageTokenAfter(last: string, list: readonly string[]): string {
  return Buffer.concat([listId(list), Buffer.from(last)]).toString("base64url");
}

/**
 * Returns the `last` of a token; undefined for the empty token, which is the first page's.
 *
 * @throws StreakdError INVALID_BODY for what is no token, and for a token of another list
 */
export function readPageToken(token: string, list: readonly string[]): string | undefined {
  if (token === "") {
    return undefined;
  }
  const last = Buffer.from(token, "base64url").subarray(LIST_BYTES).toString();
  if (pageTokenAfter(last, list) !== token) {
    const more = list.length > 0 ? ", and every other field but pageSize what it was then" : "";
    throw refusal("pageToken", `must be the nextPageToken of an earlier answer${more}`);
  }
  return last;
}

function listId(list: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(list)).digest().subarray(0, LIST_BYTES);
}
