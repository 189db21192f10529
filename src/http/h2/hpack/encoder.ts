import { STATIC_TABLE } from "./static-table.ts";

/** Tells the client that the dynamic table has no room, so that it stays empty. */
const NO_TABLE = 0x20;

/** The index of each name in the static table. */
const nameIndex = new Map([...STATIC_TABLE.entries()].reverse().map(([index, [name]]) => [name, index + 1]));

/** The index of each header that is in the static table with its value. */
const headerIndex = new Map(
  STATIC_TABLE.flatMap(([name, value], index): [string, number][] =>
    value === "" ? [] : [[`${name}: ${value}`, index + 1]],
  ),
);

/**
 * Writes header blocks (HPACK, RFC 7541) without a dynamic table and without the Huffman code: the headers of our
 * answers are few and short, and a connection needs no memory for them.
 */
export class HeaderEncoder {
  #bytes = Buffer.allocUnsafe(1024);
  #size = 0;

  /**
   * Begins a block.
   *
   * @param updatesTableSize whether the block tells the size of the table, which is 0. The first block after a client
   *   has changed the size that it allows must tell.
   */
  begin(updatesTableSize: boolean): void {
    this.#size = 0;
    if (updatesTableSize) {
      this.#reserve(1);
      this.#byte(NO_TABLE);
    }
  }

  /** Adds a header. The name must be in lower case. HTTP must allow the name and the value. */
  add(name: string, value: string): void {
    // The most that two numbers take, a byte and five more each.
    this.#reserve(name.length + value.length + 12);
    const whole = headerIndex.get(`${name}: ${value}`);
    if (whole !== undefined) {
      this.#number(0x80, 7, whole);
      return;
    }
    const index = nameIndex.get(name) ?? 0;
    this.#number(0, 4, index);
    if (index === 0) {
      this.#text(name);
    }
    this.#text(value);
  }

  /** The block so far. It is valid until the next one begins. */
  get block(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #text(text: string): void {
    this.#number(0, 7, text.length);
    this.#size += this.#bytes.write(text, this.#size, "latin1");
  }

  #number(first: number, prefixBits: number, value: number): void {
    const most = 2 ** prefixBits - 1;
    if (value < most) {
      this.#byte(first | value);
      return;
    }
    this.#byte(first | most);
    let rest = value - most;
    while (rest >= 0x80) {
      this.#byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  #byte(byte: number): void {
    this.#bytes[this.#size] = byte;
    this.#size += 1;
  }

  #reserve(bytes: number): void {
    if (this.#size + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#size + bytes));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
  }
}
