import { crc32 } from "node:zlib";

/** What every secret begins with, so that people and scanners for leaked secrets recognise it. */
const MARK = "sk_";

/** The random bytes of a secret: too many to guess. */
export const SECRET_BYTES = 32;

/** In the order of their codes, so that numbers of one length sort as their texts do. */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The digits of {@link SECRET_BYTES}, and of a CRC-32. */
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

const FORM = new RegExp(`^${MARK}[0-9A-Za-z]{${RANDOM_DIGITS + CHECKSUM_DIGITS}}$`);

/** How many characters of a secret are shown: enough to recognise it, with 220 bits left to guess. */
const PREFIX_LENGTH = MARK.length + 6;

/**
 * Makes a token's secret of random bytes: a mark, the bytes, and a checksum of both.
 *
 * @param random {@link SECRET_BYTES} bytes that nobody can foresee
 */
export function secretOf(random: Uint8Array): string {
  const body = MARK + base62(random, RANDOM_DIGITS);
  return body + checksumOf(body);
}

/** Whether a text has the form of a secret and the right checksum. A mistyped secret has not. */
export function isSecret(text: string): boolean {
  return FORM.test(text) && checksumOf(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS);
}

/** The first characters of a secret, by which people recognise it. */
export function prefixOf(secret: string): string {
  return secret.slice(0, PREFIX_LENGTH);
}

/** Writes bytes as a number in base 62, with zeros in front up to a length. */
export function base62(bytes: Uint8Array, length: number): string {
  return digitsOf(
    bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n),
    length,
  );
}

/** A CRC-32 finds every change of one character, and every two neighbours that have changed places. */
function checksumOf(body: string): string {
  return digitsOf(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function digitsOf(number: bigint, length: number): string {
  let digits = "";
  for (let rest = number; digits.length < length; rest /= 62n) {
    digits = DIGITS[Number(rest % 62n)] + digits;
  }
  return digits;
}
