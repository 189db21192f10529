import { crc32 } from "node:zlib";
import { base62Of } from "./base62.ts";
import { markedSecret, SECRET_DIGITS } from "./secret.ts";

/** What the secret of a token begins with. */
const MARK = "sk_";

/** The digits of a CRC-32. */
const CHECKSUM_DIGITS = 6;

const FORM = new RegExp(`^${MARK}[0-9A-Za-z]{${SECRET_DIGITS + CHECKSUM_DIGITS}}$`);

/**
 * Makes a token's secret of random bytes: a mark, the bytes, and a checksum of both.
 *
 * @param random `SECRET_BYTES` bytes that nobody can foresee
 */
export function secretOf(random: Uint8Array): string {
  const body = markedSecret(MARK, random);
  return body + checksumOf(body);
}

/** Whether a text begins as every token's secret does. */
export function hasMark(text: string): boolean {
  return text.startsWith(MARK);
}

/** Whether a text has the form of a token's secret and the right checksum. A mistyped secret has not. */
export function isSecret(text: string): boolean {
  return FORM.test(text) && checksumOf(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS);
}

/** A CRC-32 finds every change of one character, and every two neighbours that have changed places. */
function checksumOf(body: string): string {
  return base62Of(BigInt(crc32(body)), CHECKSUM_DIGITS);
}
