import type { DescMessage } from "@bufbuild/protobuf";
import { clip, refusal, type StreakdError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** Returns the path of a field within another, as JSON spells it. */
export function under(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
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
 * Returns the INVALID_BODY for a name that no field of a message has. It suggests no older name of a field.
 *
 * @param at the message's path
 */
export function unknownField(at: string, name: string, desc: DescMessage): StreakdError {
  const names = desc.fields.map(({ jsonName }) => jsonName);
  const meant = nearest(name, names);
  const help = meant === undefined ? `it may be any of ${names.join(", ")}` : `the nearest is ${meant}`;
  return refusal(under(at, clip(name)), `is not a field here; ${help}`);
}
