const utf8 = { write: new TextEncoder(), read: new TextDecoder("utf-8", { fatal: true }) };

/** Writes integers and texts as bytes. Small integers are short. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Writes an integer from 0 to 2^32 - 1. */
  unsigned(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes an integer of 32 bits that may be negative. */
  signed(value: number): void {
    this.unsigned(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Writes a text. Halves of surrogate pairs are lost. */
  text(text: string): void {
    const encoded = utf8.write.encode(text);
    this.unsigned(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** Returns what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
  }
}

/** Reads what a {@link ByteWriter} has written. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.#next === this.#bytes.length;
  }

  /**
   * Reads an integer that is not negative.
   *
   * @throws RangeError when the bytes end before
   */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#next++];
      if (byte === undefined) {
        throw new RangeError("the bytes are cut short");
      }
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value >>> 0;
      }
    }
  }

  /** Reads an integer that may be negative. */
  signed(): number {
    const value = this.unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Reads a text. */
  text(): string {
    const length = this.unsigned();
    if (this.#next + length > this.#bytes.length) {
      throw new RangeError("the bytes are cut short");
    }
    const text = utf8.read.decode(this.#bytes.subarray(this.#next, this.#next + length));
    this.#next += length;
    return text;
  }
}
