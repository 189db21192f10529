import { base62 } from "./base62.ts";

/** The random bytes of a secret: too many to guess, and as many as HS256 can use. */
export const SECRET_BYTES = 32;

/** The digits that {@link SECRET_BYTES} have in base 62. */
export const SECRET_DIGITS = 43;

/** How many of the digits are shown: enough to recognise a secret by, and they leave 220 bits to guess. */
const SHOWN_DIGITS = 6;

/**
 * Makes a secret of random bytes.
 *
 * @param mark what it begins with, such as `sk_`: so people and scanners of leaked secrets recognise it
 * @param random {@link SECRET_BYTES} bytes that nobody can foresee
 */
export function markedSecret(mark: string, random: Uint8Array): string {
  return mark + base62(random, SECRET_DIGITS);
}

/** The first characters of a secret, by which people recognise it: its mark and some digits. */
export function prefixOf(secret: string): string {
  return secret.slice(0, secret.indexOf("_") + 1 + SHOWN_DIGITS);
}
