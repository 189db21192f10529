import { STATUS_CODES } from "node:http";
import { requireField } from "../field.ts";

/**
 * The headers of an answer, or its trailers, as they are written to a socket. Headers reach a socket only through it,
 * and it checks each: no name or value can begin a new line, wherever it comes from.
 */
export class HeaderBlock {
  #lines: string;

  /** @param status the status of the answer whose head this is; undefined for trailers */
  constructor(status?: number) {
    this.#lines = status === undefined ? "" : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
  }

  /**
   * Adds a header, a line for each value; none when the value is undefined.
   *
   * @throws an error with the header's name, but not its value, when either can't be sent
   */
  add(name: string, value: string | number | readonly string[] | undefined): void {
    if (Array.isArray(value)) {
      for (const one of value) {
        this.#addOne(name, one);
      }
    } else if (value !== undefined) {
      this.#addOne(name, `${value}`);
    }
  }

  /** Adds headers that were checked before. */
  append(block: HeaderBlock): void {
    this.#lines += block.#lines;
  }

  /** The lines, with the empty line that ends them. */
  toString(): string {
    return `${this.#lines}\r\n`;
  }

  #addOne(name: string, value: string): void {
    requireField(name, value);
    this.#lines += `${name}: ${value}\r\n`;
  }
}
