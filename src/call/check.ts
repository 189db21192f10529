import { refusal, type StreakdError } from "../errors.ts";

/** Returns the refusal of a required field that is missing. */
export function missing(at: string): StreakdError {
  return refusal(at, "is required and must not be empty");
}

/**
 * Checks one string: well-formed, without control characters, at most `maxLength` characters (0: no bound), and
 * matching `pattern` unless the string is empty. `pattern.source` is shown to the caller.
 */
export function checkText(text: string, at: string, maxLength = 0, pattern?: RegExp): void {
  if (!text.isWellFormed()) {
    throw refusal(at, "must be well-formed Unicode: it holds half of a surrogate pair");
  }
  if (/\p{Cc}/u.test(text)) {
    throw refusal(at, "must not hold control characters");
  }
  // A character is a code point, as in JSON Schema. There are never more code points than UTF-16 units.
  if (maxLength > 0 && text.length > maxLength && [...text].length > maxLength) {
    throw refusal(at, `must be at most ${maxLength} characters long`);
  }
  if (pattern !== undefined && text !== "" && !pattern.test(text)) {
    throw refusal(at, `must match ${pattern.source}`);
  }
}

/** Checks an `optional` string that is given: as {@link checkText} does, and that it is not empty. */
export function checkGivenText(text: string, at: string, maxLength = 0, pattern?: RegExp): void {
  if (text === "") {
    throw refusal(at, "must not be empty: leave it out");
  }
  checkText(text, at, maxLength, pattern);
}

/** Checks an integer's bounds, both inclusive. */
export function checkInt(value: number, at: string, minimum: number, maximum: number): void {
  if (value < minimum || value > maximum) {
    throw refusal(at, `must be between ${minimum} and ${maximum}`);
  }
}

/** Returns the value, or `most` for a larger one. Refuses a negative value. */
export function lowerInt(value: number, at: string, most: number): number {
  if (value < 0) {
    throw refusal(at, "must not be negative");
  }
  return Math.min(value, most);
}

/** Checks a list's length (`maxItems` 0: no bound) and each entry. */
export function checkList<T>(
  list: readonly T[],
  at: string,
  maxItems: number,
  check?: (item: T, at: string) => void,
): void {
  if (maxItems > 0 && list.length > maxItems) {
    throw refusal(at, `must hold at most ${maxItems} entries, not ${list.length}`);
  }
  if (check !== undefined) {
    list.forEach((item, index) => {
      check(item, `${at}[${index}]`);
    });
  }
}
