/** In the order of their codes, so that numbers of one length sort as their texts do. */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Writes bytes as a number in base 62, with zeros in front up to a length. */
export function base62(bytes: Uint8Array, length: number): string {
  return base62Of(
    bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n),
    length,
  );
}

/** Writes a number in base 62, with zeros in front up to a length. */
export function base62Of(number: bigint, length: number): string {
  let digits = "";
  for (let rest = number; digits.length < length; rest /= 62n) {
    digits = DIGITS[Number(rest % 62n)] + digits;
  }
  return digits;
}
