import { ByteReader, ByteWriter } from "./bytes.ts";
import { isValueKey, keys, type Scope } from "./keys.ts";
import { LimitedValues } from "./limited-values.ts";
import type { Period } from "./periods.ts";
import { Vector } from "./vector.ts";

/** The first number of the encoding. Another encoding gets another number. */
const ENCODING = 1;

const EMPTY = new Vector();

/**
 * What was counted for some users of a project: vectors of integers by name. `keys.ts` says which there are. Tallies of
 * two sets of users that share nobody can be added; the sum is the tallies of all these users.
 */
export class Tallies {
  readonly #vectors = new Map<string, Vector>();
  #values: LimitedValues | undefined;

  /** Adds to a number. `key` must be well-formed Unicode. */
  add(key: string, index: number, n = 1): void {
    this.open(key).add(index, n);
  }

  /** Returns the vector of a key, to add to it. */
  open(key: string): Vector {
    let vector = this.#vectors.get(key);
    if (vector === undefined) {
      vector = new Vector();
      this.#vectors.set(key, vector);
    }
    return vector;
  }

  /** Returns the vector of a key, to read it. It has only zeros when nothing was added. */
  vector(key: string): Vector {
    return this.#vectors.get(key) ?? EMPTY;
  }

  /** Returns the keys that begin with a prefix, in any order. */
  keys(prefix: string): string[] {
    return [...this.#vectors.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Counts an event that has a value of a key of `meta`: see {@link LimitedValues}. */
  addValue(scope: Scope, metaKey: string, value: string, month: Period): void {
    this.#limited.count(keys.metaValuesOf(scope, metaKey), keys.metaValue(scope, metaKey, value), month);
  }

  /** Adds other tallies to these. Returns these. */
  plus(other: Tallies): this {
    return this.#addAll(other, 1);
  }

  /**
   * Subtracts other tallies from these: the inverse of {@link plus}, but that a month with too many values of `meta` may
   * stay left out. Returns these.
   */
  minus(other: Tallies): this {
    return this.#addAll(other, -1);
  }

  /** Made when it is first needed: tallies that were only decoded need none. */
  get #limited(): LimitedValues {
    this.#values ??= new LimitedValues(this.#vectors);
    return this.#values;
  }

  #addAll(other: Tallies, times: 1 | -1): this {
    for (const [key, vector] of other.#vectors) {
      if (isValueKey(key)) {
        this.#limited.addAll(key, vector, times);
      } else if (this.open(key).addAll(vector, times)) {
        this.#vectors.delete(key);
      }
    }
    return this;
  }

  /** Returns the tallies as bytes: the same bytes for the same numbers. */
  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.unsigned(ENCODING);
    for (const key of [...this.#vectors.keys()].sort()) {
      writeVector(writer, key, this.vector(key));
    }
    return writer.finish();
  }

  /**
   * Reads what {@link encode} returned.
   *
   * @throws RangeError when the bytes are another encoding, or are cut short
   */
  static decode(bytes: Uint8Array): Tallies {
    const reader = new ByteReader(bytes);
    const encoding = reader.unsigned();
    if (encoding !== ENCODING) {
      throw new RangeError(`unknown encoding of tallies: ${encoding}`);
    }
    const tallies = new Tallies();
    while (!reader.isAtEnd) {
      readVector(reader, tallies.open(reader.text()));
    }
    return tallies;
  }
}

/** Writes runs of numbers other than 0: how far each run is from the one before, its length, and its numbers. */
function writeVector(writer: ByteWriter, key: string, vector: Vector): void {
  const runs: { readonly start: number; readonly numbers: number[] }[] = [];
  let end: number | undefined;
  vector.forEach((index, n) => {
    if (index === end) {
      runs.at(-1)?.numbers.push(n);
    } else {
      runs.push({ start: index, numbers: [n] });
    }
    end = index + 1;
  });
  if (runs.length === 0) {
    return;
  }
  writer.text(key);
  writer.unsigned(runs.length);
  let before = 0;
  for (const { start, numbers } of runs) {
    writer.signed(start - before);
    writer.unsigned(numbers.length);
    for (const n of numbers) {
      writer.signed(n);
    }
    before = start + numbers.length;
  }
}

function readVector(reader: ByteReader, vector: Vector): void {
  let index = 0;
  for (let runs = reader.unsigned(); runs > 0; runs--) {
    index += reader.signed();
    for (let numbers = reader.unsigned(); numbers > 0; numbers--) {
      vector.add(index++, reader.signed());
    }
  }
}
