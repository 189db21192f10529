import fc from "fast-check";
import { expect, test } from "vitest";
import { WrongTokens } from "#src/call/limits/wrong-tokens.ts";

test("wrong tokens are refused for a minute from the 21st within a minute on, and never before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 200 }), (pauses) => {
      let now = 0;
      let refusedUntil = 0;
      let counted: number[] = [];
      const tokens = new WrongTokens(() => now);
      for (const pause of pauses) {
        now += pause;
        if (now >= refusedUntil) {
          counted.push(now);
          if (counted.filter((time) => time > now - 60_000).length > 20) {
            refusedUntil = now + 60_000;
            counted = [];
          }
        }
        expect(tokens.count("192.0.2.1")).toBe(now < refusedUntil ? Math.ceil((refusedUntil - now) / 1000) : 0);
      }
    }),
  );
});

test("only so many addresses are remembered", () => {
  const tokens = new WrongTokens(() => 0);
  for (let i = 0; i <= 20; i += 1) {
    tokens.count("192.0.2.1");
  }
  expect(tokens.count("192.0.2.1")).toBe(60);
  for (let i = 0; i < 10_000; i += 1) {
    tokens.count(`10.0.${i >> 8}.${i & 255}`);
  }
  expect(tokens.count("192.0.2.1")).toBe(0);
});
