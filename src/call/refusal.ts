import { StreakdError } from "../errors.ts";

/** Returns the INVALID_BODY that says what is wrong with the value at a path; the empty path is the body itself. */
export function refusal(at: string, problem: string): StreakdError {
  return new StreakdError("INVALID_BODY", `${at === "" ? "The body" : at} ${problem}.`);
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
