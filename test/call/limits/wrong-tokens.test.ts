import fc from "fast-check";
import { expect, test } from "vitest";
import { WrongTokens } from "#src/call/limits/wrong-tokens.ts";

const ADDRESS = "192.0.2.1";

/** Sends 21 wrong tokens, so that the address is refused. */
function sendTooMany(tokens: WrongTokens, address: string): void {
  for (let i = 0; i < 21; i += 1) {
    tokens.count(address);
  }
}

test("no minute has more than 20 wrong tokens that are not refused, and a refusal lasts a minute", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 200 }), (pauses) => {
      let now = 0;
      const tokens = new WrongTokens(() => now);
      const counted: number[] = [];
      let refusals: { at: number; seconds: number }[] = [];
      for (const pause of pauses) {
        now += pause;
        const seconds = tokens.count(ADDRESS);
        if (seconds === 0) {
          refusals = [];
          counted.push(now);
          expect(counted.filter((time) => time > now - 60_000).length).toBeLessThanOrEqual(20);
        } else {
          refusals.push({ at: now, seconds });
          const { at } = refusals[0] as { at: number };
          // The first refusal comes with the 21st. Those after it all end at the same moment.
          expect(refusals[0]?.seconds).toBe(60);
          expect(counted.filter((time) => time > at - 60_000)).toHaveLength(20);
          expect(seconds).toBe(Math.ceil((at + 60_000 - now) / 1000));
        }
        if (refusals.length > 0 && now + 9_000 >= (refusals[0]?.at ?? 0) + 60_000) {
          now = (refusals[0]?.at ?? 0) + 60_000;
          refusals = [];
          counted.length = 0;
        }
      }
    }),
  );
});

test("only so many addresses are remembered", () => {
  const tokens = new WrongTokens(() => 0);
  sendTooMany(tokens, ADDRESS);
  expect(tokens.count(ADDRESS)).toBe(60);
  for (let i = 0; i < 10_000; i += 1) {
    tokens.count(`10.0.${i >> 8}.${i & 255}`);
  }
  expect(tokens.count(ADDRESS)).toBe(0);
});

test("of an address that is refused only five unknown tokens a second are looked up, and of others all", () => {
  let now = 0;
  const tokens = new WrongTokens(() => now);
  const lookUps = (address: string) => Array.from({ length: 100 }, () => tokens.mayLookUp(address)).filter(Boolean);
  expect(lookUps(ADDRESS)).toHaveLength(100);
  sendTooMany(tokens, ADDRESS);
  expect(lookUps(ADDRESS)).toHaveLength(5);
  now = 1_000;
  expect(lookUps(ADDRESS)).toHaveLength(5);
  expect(lookUps("192.0.2.2")).toHaveLength(100);
  now = 60_000;
  expect(lookUps(ADDRESS)).toHaveLength(100);
});
