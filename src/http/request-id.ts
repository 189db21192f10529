import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The header that names a request: a client may send it, and every answer has it. */
export const REQUEST_ID_HEADER = "X-Request-Id";

const KEY = REQUEST_ID_HEADER.toLowerCase();

/** What a client may call a request: nothing that a log, a URL or a header would have to escape. */
const VALID = /^[\w.:/+=@~-]{1,128}$/;

/** Tells this process's ids from those of every other process. With a counter behind it an id costs next to nothing. */
const prefix = randomBytes(9).toString("base64url");

let made = 0;

/** Makes the id of a request whose client has named none. No two are the same, in any process. */
export function makeRequestId(): string {
  made += 1;
  return `${prefix}.${made.toString(36)}`;
}

/** Returns the id that a request's headers name, or makes one if they name none that is valid. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers[KEY];
  return typeof given === "string" && VALID.test(given) ? given : makeRequestId();
}
