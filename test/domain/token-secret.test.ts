import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prefixOf } from "#src/domain/secret.ts";
import { isSecret, secretOf } from "#src/domain/token-secret.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const bytes = (length = 32) => fc.uint8Array({ minLength: length, maxLength: length });

describe("a secret", () => {
  test("is sk_, 43 digits and 6 of the checksum, whatever the bytes are", () => {
    expect(secretOf(new Uint8Array(32))).toMatch(/^sk_0{43}[0-9A-Za-z]{6}$/);
    fc.assert(
      fc.property(bytes(), (random) => {
        const secret = secretOf(random);
        expect(secret).toMatch(/^sk_[0-9A-Za-z]{49}$/);
        expect(isSecret(secret)).toBe(true);
      }),
    );
    expect(isSecret(secretOf(new Uint8Array(32).fill(255)))).toBe(true);
  });

  test("of other bytes is another", () => {
    fc.assert(
      fc.property(bytes(), bytes(), (one, other) => {
        expect(secretOf(one) === secretOf(other)).toBe(Buffer.from(one).equals(other));
      }),
    );
  });

  test("is not a secret any more when any one character is another", () => {
    const secret = secretOf(randomBytes(32));
    for (let at = 0; at < secret.length; at++) {
      const taken = [...`${DIGITS}_-. `].filter((digit) => digit !== secret[at]);
      const passed = taken.filter((digit) => isSecret(secret.slice(0, at) + digit + secret.slice(at + 1)));
      expect(passed, `${secret} at ${at}`).toEqual([]);
    }
  });

  test("is not a secret any more when any two characters have changed places", () => {
    const secret = secretOf(randomBytes(32));
    for (let one = 0; one < secret.length; one++) {
      for (let other = one + 1; other < secret.length; other++) {
        const swapped = [...secret];
        [swapped[one], swapped[other]] = [swapped[other] as string, swapped[one] as string];
        expect(isSecret(swapped.join("")), `${secret} at ${one} and ${other}`).toBe(secret[one] === secret[other]);
      }
    }
  });

  test("is not a secret any more when something is missing, added or in another case", () => {
    const secret = secretOf(randomBytes(32));
    for (const wrong of [secret.slice(1), secret.slice(0, -1), `${secret}0`, ` ${secret}`, `${secret}\n`, "", "sk_"]) {
      expect(isSecret(wrong), JSON.stringify(wrong)).toBe(false);
    }
    expect(isSecret(secret.toUpperCase())).toBe(false);
  });

  test("is recognised by its first nine characters", () => {
    expect(prefixOf("sk_abcdefghij")).toBe("sk_abcdef");
    expect(prefixOf("ss_abcdefghij")).toBe("ss_abcdef");
  });
});
