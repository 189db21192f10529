import { hash } from "node:crypto";
import { type AnyRecord, COUNTED, type Counted, factsOf } from "./records.ts";

/** The 32-bit words of a SHA-256. */
const WORDS = 8;

/**
 * How many facts there are, and the sum of their SHA-256, word by word. Two sides that hold the same come to the same, in
 * whatever order they are read; and a sum, unlike an exclusive or, tells two equal facts from none.
 */
export class Tally {
  #count = 0;
  readonly #sum = new Uint32Array(WORDS);

  /** Adds a fact, as the line that stands for it. */
  add(line: string): void {
    const digest = hash("sha256", line, "buffer");
    for (let word = 0; word < WORDS; word++) {
      this.#sum[word] = (this.#sum[word] as number) + digest.readUInt32BE(4 * word);
    }
    this.#count += 1;
  }

  /** How many were added. */
  get count(): number {
    return this.#count;
  }

  /** The sum, in hexadecimal. */
  get checksum(): string {
    return Array.from(this.#sum, (word) => word.toString(16).padStart(8, "0")).join("");
  }
}

/** A tally of everything that is counted. */
export type Tallies = Readonly<Record<Counted, Tally>>;

/** Tallies of nothing. */
export function newTallies(): Tallies {
  return Object.fromEntries(COUNTED.map((counted) => [counted, new Tally()])) as Record<Counted, Tally>;
}

/** Adds what a record comes to. */
export function addTo(tallies: Tallies, record: AnyRecord): void {
  for (const fact of factsOf(record)) {
    tallies[fact[0]].add(JSON.stringify(fact));
  }
}

/** What tells one set of tallies from any other. */
export function fingerprintOf(tallies: Tallies): string {
  return hash("sha256", COUNTED.map((counted) => `${tallies[counted].count} ${tallies[counted].checksum}`).join("\n"));
}
