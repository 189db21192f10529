import { refusal } from "../errors.ts";

/** How REST spells an enum. */
export interface Spelling<E extends number> {
  /** Returns the value that a text spells. Throws INVALID_BODY, which lists the spellings. */
  decode(value: unknown, at: string): E;
  /**
   * Returns a value's spelling as JSON; `undefined` for a value without one, such as `…_UNSPECIFIED`, which is left
   * out.
   */
  encode(value: E): string | undefined;
  /** Throws INVALID_BODY for a number that the contract does not know. RPC can send such numbers. */
  check(value: E, at: string): void;
}

/** Makes an enum's spelling from its values: each number with its `spelling` option, where it has one. */
export function spelling<E extends number>(values: readonly (readonly [E, string?])[]): Spelling<E> {
  const texts = new Map(values.map(([value, text]) => [value as number, text && JSON.stringify(text)]));
  const numbers = new Map<unknown, E>();
  for (const [value, text] of values) {
    if (text !== undefined) {
      numbers.set(text, value);
    }
  }
  const expected = `must be one of ${[...numbers.keys()].join(", ")}`;
  return {
    decode(value, at) {
      const number = numbers.get(value);
      if (number === undefined) {
        throw refusal(at, expected);
      }
      return number;
    },
    encode: (value) => texts.get(value),
    check(value, at) {
      if (!texts.has(value)) {
        throw refusal(at, expected);
      }
    },
  };
}
