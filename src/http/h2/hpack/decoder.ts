import { decodeHuffman } from "./huffman.ts";
import { STATIC_TABLE } from "./static-table.ts";

/** The most bytes of the table that a decoder keeps: HTTP/2's default, which needs no setting. */
const MAX_TABLE_BYTES = 4096;

/** How many bytes an entry counts in addition to its name and value (RFC 7541, 4.1). */
const ENTRY_BYTES = 32;

/** What the decoder holds between two blocks, since a block would keep the buffer of a whole read in memory. */
const NO_BLOCK: Buffer = Buffer.alloc(0);

/** The largest integer that is read. No length or index in a valid header block is larger. */
const MAX_NUMBER = 2 ** 24;

/** An invalid header block. The connection can't go on, since the state of its table is no longer known. */
export class HeaderBlockError extends Error {
  override readonly name = "HeaderBlockError";
}

type Entry = readonly [name: string, value: string];

/**
 * Reads header blocks (HPACK, RFC 7541). A decoder keeps the table of earlier headers. So each connection has a
 * decoder of its own, which must read every block, in the order of arrival.
 */
export class HeaderDecoder {
  /** The newest entry is the last. */
  readonly #entries: Entry[] = [];
  #tableBytes = 0;
  #maxTableBytes = MAX_TABLE_BYTES;
  #block = NO_BLOCK;
  #at = 0;

  /**
   * Reads a whole block, header by header.
   *
   * @throws HeaderBlockError when the bytes are no block
   */
  decode(block: Buffer, take: (name: string, value: string) => void): void {
    this.#block = block;
    this.#at = 0;
    let hasHeaders = false;
    while (this.#at < block.length) {
      const first = block[this.#at] as number;
      if (first >= 0x80) {
        const [name, value] = this.#entry(this.#number(7));
        take(name, value);
      } else if (first >= 0x40) {
        const [name, value] = this.#literal(6);
        this.#add(name, value);
        take(name, value);
      } else if (first >= 0x20) {
        if (hasHeaders) {
          throw new HeaderBlockError("the size of the table changes amid a block");
        }
        this.#resize(this.#number(5));
        continue;
      } else {
        const [name, value] = this.#literal(4);
        take(name, value);
      }
      hasHeaders = true;
    }
    this.#block = NO_BLOCK;
  }

  #literal(prefixBits: number): Entry {
    const index = this.#number(prefixBits);
    const name = index === 0 ? this.#text() : this.#entry(index)[0];
    return [name, this.#text()];
  }

  #entry(index: number): Entry {
    const own = index - STATIC_TABLE.length - 1;
    const entry = own < 0 ? STATIC_TABLE[index - 1] : this.#entries[this.#entries.length - 1 - own];
    if (entry === undefined) {
      throw new HeaderBlockError(`there is no header ${index} in the table`);
    }
    return entry;
  }

  #add(name: string, value: string): void {
    const bytes = name.length + value.length + ENTRY_BYTES;
    this.#shrink(this.#maxTableBytes - bytes);
    // An entry larger than the table leaves it empty.
    if (bytes <= this.#maxTableBytes) {
      this.#entries.push([name, value]);
      this.#tableBytes += bytes;
    }
  }

  #resize(bytes: number): void {
    if (bytes > MAX_TABLE_BYTES) {
      throw new HeaderBlockError(`the table may not have ${bytes} bytes`);
    }
    this.#maxTableBytes = bytes;
    this.#shrink(bytes);
  }

  /** Drops the oldest entries until the table has no more than so many bytes. */
  #shrink(bytes: number): void {
    while (this.#tableBytes > bytes && this.#entries.length > 0) {
      const [name, value] = this.#entries.shift() as Entry;
      this.#tableBytes -= name.length + value.length + ENTRY_BYTES;
    }
  }

  /** Reads a number that begins in the last bits of a byte (RFC 7541, 5.1). */
  #number(prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let number = this.#byte() & most;
    if (number < most) {
      return number;
    }
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      number += (byte & 0x7f) * 2 ** shift;
      if (number > MAX_NUMBER || shift > 28) {
        throw new HeaderBlockError("a number is too large");
      }
      if (byte < 0x80) {
        return number;
      }
    }
  }

  #text(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const end = this.#number(7) + this.#at;
    if (end > this.#block.length) {
      throw new HeaderBlockError("the block ends amid a text");
    }
    const start = this.#at;
    this.#at = end;
    const text = isHuffman
      ? decodeHuffman(this.#block.subarray(start, end))
      : this.#block.toString("latin1", start, end);
    if (text === undefined) {
      throw new HeaderBlockError("a text is not in Huffman's code");
    }
    return text;
  }

  #byte(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) {
      throw new HeaderBlockError("the block ends amid a number");
    }
    this.#at += 1;
    return byte;
  }
}
