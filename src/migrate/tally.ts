import { hash } from "node:crypto";
import { type AnyRecord, COUNTED, type Counted, factsOf } from "./records.ts";

/** The 32-bit words of a SHA-256. */
const WORDS = 8;

/**
 * A count of facts, and the sum of their SHA-256, word by word. Two sides that hold the same have the same sum, in
 * whatever order they are read. A sum, unlike an exclusive or, tells two equal facts from none.
 */
export class Tally {
  #count = 0;
  readonly #sum = new Uint32Array(WORDS);

  /** Adds a fact, given as a line of text. */
  add(line: string): void {
    const digest = hash("sha256", line, "buffer");
    for (let word = 0; word < WORDS; word++) {
      this.#sum[word] = (this.#sum[word] as number) + digest.readUInt32BE(4 * word);
    }
    this.#count += 1;
  }

  /** How many facts were added. */
  get count(): number {
    return this.#count;
  }

  /** The sum, in hexadecimal. */
  get checksum(): string {
    return Array.from(this.#sum, (word) => word.toString(16).padStart(8, "0")).join("");
  }
}

/** A tally of each thing that is counted. */
export type Tallies = Readonly<Record<Counted, Tally>>;

/** Returns empty tallies. */
export function newTallies(): Tallies {
  return Object.fromEntries(COUNTED.map((counted) => [counted, new Tally()])) as Record<Counted, Tally>;
}

/** Adds every fact of a record. */
export function addTo(tallies: Tallies, record: AnyRecord): void {
  for (const fact of factsOf(record)) {
    tallies[fact[0]].add(JSON.stringify(fact));
  }
}

/** Returns a text that tells one set of tallies from any other. */
export function fingerprintOf(tallies: Tallies): string {
  return hash("sha256", COUNTED.map((counted) => `${tallies[counted].count} ${tallies[counted].checksum}`).join("\n"));
}
