import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isOptional, kindOf } from "./fields.ts";

/** A field in nested messages: the fields that contain it, outermost first, then the field itself. */
export type FieldPath = readonly DescField[];

/**
 * Returns the field that a dotted name means in a request. Throws when there is none, or it is no string that is always
 * there.
 *
 * @param where what names the field, for the error
 */
export function fieldPath(input: DescMessage, text: string, where: string): FieldPath {
  let message: DescMessage | undefined = input;
  const path = text.split(".").map((name) => {
    const field: DescField | undefined = message?.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw new Error(`${where} names ${text}, but the request has no such field`);
    }
    message = field.fieldKind === "message" ? field.message : undefined;
    return field;
  });
  const last = path.at(-1);
  if (last === undefined || kindOf(last) !== "string" || last.fieldKind === "list" || isOptional(last)) {
    throw new Error(`${where} names ${text}, so it must be a string without explicit presence`);
  }
  return path;
}
