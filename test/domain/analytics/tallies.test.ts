import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tallies } from "#src/domain/analytics/tallies.ts";

const anyInt32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Indices of neighbours, of blocks next to each other, and far away. */
const anyIndex = fc.oneof(fc.integer({ min: -130, max: 130 }), fc.integer({ min: -80_000_000, max: 80_000_000 }));
const anyAdditions = fc.array(
  fc.tuple(
    fc.oneof(fc.constantFrom("a", "b", "é/😀", ""), fc.string({ unit: "grapheme" })),
    anyIndex,
    fc.integer({ min: -9, max: 9 }),
  ),
  { maxLength: 60 },
);

function talliesOf(additions: readonly (readonly [string, number, number])[]): Tallies {
  const tallies = new Tallies();
  for (const [key, index, n] of additions) {
    tallies.add(key, index, n);
  }
  return tallies;
}

describe("tallies", () => {
  it("hold the sum of what was added at each index, and 0 elsewhere", () => {
    fc.assert(
      fc.property(anyAdditions, (additions) => {
        const tallies = talliesOf(additions);
        for (const [key, index] of additions) {
          const expected = additions.filter(([k, i]) => k === key && i === index).reduce((sum, [, , n]) => sum + n, 0);
          expect(tallies.vector(key).at(index)).toBe(expected);
        }
        expect(tallies.vector("never used").at(0)).toBe(0);
        expect(tallies.vector("never used").total).toBe(0);
      }),
    );
  });

  it("tell the numbers of a vector in the order of the indices, and their sum from one to another", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyIndex), anyIndex, anyIndex, (indices, one, other) => {
        const vector = talliesOf(indices.map((index) => ["v", index, 3])).vector("v");
        const found: number[] = [];
        vector.forEach((index) => {
          found.push(index);
        });
        expect(found).toEqual(indices.toSorted((a, b) => a - b));
        const [from, to] = one < other ? [one, other] : [other, one];
        expect(vector.sum(from, to)).toBe(3 * indices.filter((index) => index >= from && index <= to).length);
      }),
    );
  });

  it("are the same after they were encoded, whatever the order of additions", () => {
    fc.assert(
      fc.property(anyAdditions, (additions) => {
        const bytes = talliesOf(additions).encode();
        expect(Tallies.decode(bytes).encode()).toEqual(bytes);
        expect(talliesOf(additions.toReversed()).encode()).toEqual(bytes);
      }),
    );
  });

  it("hold any integer of 32 bits, at any index that is asked for", () => {
    fc.assert(
      fc.property(anyIndex, anyInt32, (index, n) => {
        expect(
          Tallies.decode(talliesOf([["k", index, n]]).encode())
            .vector("k")
            .at(index),
        ).toBe(n);
      }),
    );
  });

  it("are what they were after others were added and subtracted", () => {
    fc.assert(
      fc.property(anyAdditions, anyAdditions, (own, others) => {
        const sum = talliesOf(own).plus(talliesOf(others));
        expect(sum.encode()).toEqual(talliesOf([...own, ...others]).encode());
        expect(sum.minus(talliesOf(others)).encode()).toEqual(talliesOf(own).encode());
      }),
    );
  });

  it("leave no key behind when all that was added is subtracted", () => {
    const tallies = talliesOf([["k", 5, 1]]);
    tallies.minus(talliesOf([["k", 5, 1]]));
    expect(tallies.keys("")).toEqual([]);
  });

  it("take no more bytes for a number far away", () => {
    expect(
      talliesOf([
        ["k", -720_000, 1],
        ["k", 20_000, 1],
      ]).encode().length,
    ).toBeLessThan(20);
  });

  it("are not read from another encoding, nor from bytes that are cut short", () => {
    const bytes = talliesOf([["key", 5, 1]]).encode();
    expect(() => Tallies.decode(new Uint8Array([9]))).toThrow("unknown encoding of tallies: 9");
    for (let length = 2; length < bytes.length; length++) {
      expect(() => Tallies.decode(bytes.subarray(0, length))).toThrow("the bytes are cut short");
    }
  });
});
