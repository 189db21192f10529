/** A name counts as a misspelling of another when at most one in so many of its characters differs. */
const CHARACTERS_PER_MISTAKE = 3;

/** Longer names are cut to this length, so that what callers send can't make the comparison slow. */
const MAX_COMPARED_LENGTH = 80;

/**
 * Returns the candidate that a name was most likely meant to be: the one with the fewest differences, upper and lower
 * case and `_` and `-` aside. Returns undefined when none is similar.
 *
 * @param mostMistakes returns how many differences still are a misspelling, by the length of the longer name
 */
export function nearest(
  name: string,
  candidates: readonly string[],
  mostMistakes = (length: number) => length / CHARACTERS_PER_MISTAKE,
): string | undefined {
  const wanted = comparable(name);
  let found: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = comparable(candidate);
    const mistakes = differences(wanted, other);
    if (mistakes < fewest && mistakes <= mostMistakes(Math.max(wanted.length, other.length))) {
      found = candidate;
      fewest = mistakes;
    }
  }
  return found;
}

function comparable(name: string): string {
  return name.slice(0, MAX_COMPARED_LENGTH).toLowerCase().replace(/[_-]/g, "");
}

/** How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one text into another. */
function differences(a: string, b: string): number {
  // Row i holds the distances between the first i characters of `a` and every beginning of `b`.
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = i > 1 && j > 1 && isSwapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(row, j - 1) + 1, at(last, j) + 1, replaced, swapped));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
