import { randomBytes } from "node:crypto";

/** Returns 72 random bits as text: enough to be unique, and short enough to be in every row. */
export function randomId(): string {
  return randomBytes(9).toString("base64url");
}
