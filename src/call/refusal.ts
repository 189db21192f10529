import { clip, StreakdError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** Returns the path of a field within another, as JSON spells it. */
export function under(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

/** Returns the INVALID_BODY that says what is wrong with the value at a path; the empty path is the body itself. */
export function refusal(at: string, problem: string): StreakdError {
  return at === ""
    ? new StreakdError("INVALID_BODY", `The body ${problem}.`)
    : new StreakdError("INVALID_BODY", `${at} ${problem}.`, { field: at });
}

/** Returns the INVALID_BODY for a value of the wrong type. */
export function wrongType(value: unknown, at: string, expected: string): StreakdError {
  const found =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "a list"
        : `a${/^[aeiou]/.test(typeof value) ? "n" : ""} ${typeof value}`;
  return refusal(at, `must be ${expected}, not ${found}`);
}

/**
 * Returns the INVALID_BODY for a name that no field of a message has.
 *
 * @param at the message's path
 * @param names the names that its fields have
 */
export function unknownField(at: string, name: string, names: readonly string[]): StreakdError {
  const meant = nearest(name, names);
  const help = meant === undefined ? `it may be any of ${names.join(", ")}` : `the nearest is ${meant}`;
  return refusal(under(at, clip(name)), `is not a field here; ${help}`);
}
