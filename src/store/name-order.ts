/** The first surrogate of UTF-16, and what comes after the last one. */
const [SURROGATES, AFTER_SURROGATES] = [0xd800, 0xe000];

/**
 * Returns the position of the last of some texts that is not after another one, in the order of the databases: that of the
 * bytes of UTF-8.
 *
 * @param sorted at least one, in that order; the position is 0 when all are after the text
 */
export function lastUpTo(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (isAfter(sorted[middle] as string, text)) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return low;
}

function isAfter(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (a !== b) {
      return placeOf(a) > placeOf(b);
    }
  }
  return one.length > other.length;
}

/** Puts surrogates, which are halves of the code points from U+10000 on, after all other units, as UTF-8 does. */
function placeOf(unit: number): number {
  return unit >= SURROGATES && unit < AFTER_SURROGATES ? unit + 0x10000 : unit;
}
