import type { DescMessage, JsonObject } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { messageOf, namesOf } from "../call/field-options.ts";
import { under, unknownField, wrongType } from "../call/refusal.ts";
import { refusal } from "../errors.ts";

/** Converts a value of a request to a field's value. `at` is the field's path, for the refusal. Throws INVALID_BODY. */
export type Convert<T> = (value: unknown, at: string) => T;

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** Reads one property. Absent and `null` both mean "not given". Inherited properties are never read. */
export function read<T>(json: JsonObject, name: string, at: string, convert: Convert<T>): T | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  return value === undefined || value === null ? undefined : convert(value, under(at, name));
}

/** Reads a property that has an older name too. Both may be given when they say the same. */
export function readAliased<T>(
  json: JsonObject,
  name: string,
  alias: string,
  at: string,
  convert: Convert<T>,
): T | undefined {
  return oneOf(read(json, name, at, convert), name, read(json, alias, at, convert), alias, at);
}

/** Returns whichever of two values is given. Two different values are INVALID_BODY. */
export function oneOf<T>(value: T | undefined, name: string, aliased: T | undefined, alias: string, at: string) {
  if (value !== undefined && aliased !== undefined && value !== aliased) {
    throw refusal(under(at, name), `and its older name ${alias} say different things: send only ${name}`);
  }
  return value ?? aliased;
}

/** Reads a list. A list that is not given is empty. An entry must not be `null`. */
export function readList<T>(json: JsonObject, name: string, at: string, convert: Convert<T>): T[] {
  return (
    read(json, name, at, (value, path) => {
      if (!Array.isArray(value)) {
        throw wrongType(value, path, "a list");
      }
      return value.map((item, index) => convert(item, `${path}[${index}]`));
    }) ?? []
  );
}

/** Takes a string as it is. */
export function asString(value: unknown, at: string): string {
  if (typeof value !== "string") {
    throw wrongType(value, at, "a string");
  }
  return value;
}

/** Takes `true` or `false`. */
export function asBool(value: unknown, at: string): boolean {
  if (typeof value !== "boolean") {
    throw wrongType(value, at, "true or false");
  }
  return value;
}

/** Takes an integer of 32 bits. */
export function asInt(value: unknown, at: string): number {
  if (typeof value !== "number") {
    throw wrongType(value, at, "an integer");
  }
  if (!Number.isInteger(value)) {
    throw refusal(at, "must be an integer, without a fraction");
  }
  if (value < INT32_MIN || value > INT32_MAX) {
    throw refusal(at, `must be an integer between ${INT32_MIN} and ${INT32_MAX}`);
  }
  return value + 0; // -0 + 0 is 0
}

/** Takes a JSON object, whatever it holds. */
export function asObject(value: unknown, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(value, at, at === "" ? "a JSON object" : "an object");
  }
  return value as JsonObject;
}

/** Takes a FieldMask in its JSON form, such as `name,allowedOrigins`. */
export function asMask(value: unknown, at: string): FieldMask {
  const text = asString(value, at);
  const paths = text.split(",");
  if (!paths.every((path) => /^[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)*$/.test(path))) {
    throw refusal(at, "must list field names with commas between them, such as name,allowedOrigins");
  }
  return mask(paths.map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
}

/**
 * Returns the FieldMask for a PATCH without one: the fields that the body holds, also when they are `null`, which
 * resets them. `fields` pairs each JSON name (aliases too) with its field.
 */
export function maskOf(body: unknown, fields: readonly (readonly [name: string, field: string])[]): FieldMask {
  const json = asObject(body, "");
  return mask([...new Set(fields.filter(([name]) => Object.hasOwn(json, name)).map(([, field]) => field))]);
}

/**
 * Returns a body as it is. Throws INVALID_BODY when it, or an object in it, has a name that is no field's: a change
 * must not leave out what was misspelt. Bodies that change nothing of what is there may hold more than we know.
 */
export function onlyKnown(value: unknown, desc: DescMessage, at: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value; // whoever decodes it refuses it
  }
  for (const [name, held] of Object.entries(value)) {
    const field = namesOf(desc).get(name);
    if (field === undefined) {
      throw unknownField(at, name, desc);
    }
    const message = messageOf(field);
    if (message !== undefined && Array.isArray(held)) {
      held.forEach((item, index) => {
        onlyKnown(item, message, `${under(at, name)}[${index}]`);
      });
    } else if (message !== undefined) {
      onlyKnown(held, message, under(at, name));
    }
  }
  return value;
}

/**
 * Returns the value that the path gives a field. Throws INVALID_BODY when the body gives another (`given`; `""` is
 * none).
 */
export function bindVariable(given: string, variable: string | undefined, at: string): string {
  if (variable === undefined || (given !== "" && given !== variable)) {
    throw refusal(at, "differs from the path: leave it out of the body");
  }
  return variable;
}

function mask(paths: string[]): FieldMask {
  return { $typeName: "google.protobuf.FieldMask", paths };
}
