import { StreakdError } from "../errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Parses a JSON body. Throws INVALID_BODY when it is empty, not UTF-8, or not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) {
    throw new StreakdError("INVALID_BODY", "The body is empty: send a JSON object.");
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new StreakdError("INVALID_BODY", "The body is not UTF-8: send JSON in UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new StreakdError("INVALID_BODY", "The body is not JSON, or is cut off: send one complete JSON object.");
  }
}
