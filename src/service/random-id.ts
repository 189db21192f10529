import { randomBytes } from "node:crypto";

/** Returns 72 random bits as text: enough that two never meet, short enough to stand in every row. */
export function randomId(): string {
  return randomBytes(9).toString("base64url");
}
