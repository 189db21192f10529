import type { IncomingHttpHeaders } from "node:http";

/** A name by which a header is given, and HTTP/2's own (`:path`) are not. */
const PLAIN_NAME = /^[a-z-]+$/;

/** A value that `Headers` leaves as it is. */
const PLAIN_VALUE = /^[!-~]*$/;

/**
 * A request's headers, as Connect hands them to a method. To fill a `Headers`, which checks and copies each of them, costs
 * more than to read the message: that is done only when more is asked for than a header by its lower-case name.
 */
export class PlainHeaders implements Headers {
  readonly #given: IncomingHttpHeaders;
  #made: Headers | undefined;

  constructor(given: IncomingHttpHeaders) {
    this.#given = given;
  }

  get #all(): Headers {
    this.#made ??= webHeaders(this.#given);
    return this.#made;
  }

  get(name: string): string | null {
    const value = PLAIN_NAME.test(name) ? (this.#given[name] ?? null) : undefined;
    const isPlain = value === null || (typeof value === "string" && PLAIN_VALUE.test(value));
    return isPlain && this.#made === undefined ? value : this.#all.get(name);
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  getSetCookie(): string[] {
    return this.#all.getSetCookie();
  }

  set(name: string, value: string): void {
    this.#all.set(name, value);
  }

  append(name: string, value: string): void {
    this.#all.append(name, value);
  }

  delete(name: string): void {
    this.#all.delete(name);
  }

  forEach(tell: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    this.#all.forEach(tell, self);
  }

  keys() {
    return this.#all.keys();
  }

  values() {
    return this.#all.values();
  }

  entries() {
    return this.#all.entries();
  }

  [Symbol.iterator]() {
    return this.#all[Symbol.iterator]();
  }
}

function webHeaders(headers: IncomingHttpHeaders): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(":") && value !== undefined) {
      for (const one of Array.isArray(value) ? value : [value]) {
        web.append(name, one);
      }
    }
  }
  return web;
}
