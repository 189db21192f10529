import type { DescField, DescFile } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { isOptional, kindOf } from "./fields.ts";
import type { Model } from "./model.ts";
import type { Output } from "./output.ts";

/** Prints the JSON encoders of a file's messages. */
export function printEncoders(output: Output, model: Model, file: DescFile): void {
  const { f } = output;
  for (const message of model.encoded) {
    if (message.file !== file) {
      continue;
    }
    const shape = f.importShape(message).toTypeOnly();
    const unused = message.fields.length === 0 ? "_" : ""; // the compiler refuses unused parameters with any other name
    f.print(`/** Writes a ${message.typeName} as JSON; what is undefined is left out by JSON.stringify. */`);
    f.print("export function ", output.fn("encode", message), `(${unused}message: `, shape, "): object {");
    f.print("  return {");
    for (const field of message.fields) {
      f.print("    ", f.string(field.jsonName), ": ", ...jsonOf(output, field), ",");
    }
    f.print("  };");
    f.print("}");
    f.print();
  }
}

function jsonOf(output: Output, field: DescField): Printable[] {
  const value = `message.${field.localName}`;
  const write = writer(output, field);
  if (write === undefined) {
    return [value];
  }
  if (field.fieldKind === "list") {
    // An enum value without a spelling has no place in a list.
    return kindOf(field) === "enum"
      ? [value, ".flatMap((item) => ", write, "(item) ?? [])"]
      : [value, ".map((item) => ", write, "(item))"];
  }
  return [...(isOptional(field) ? [`${value} === undefined ? undefined : `] : []), write, `(${value})`];
}

/** The function that writes one value of a field; `undefined` when the value is JSON already. */
function writer(output: Output, field: DescField): Printable | undefined {
  switch (kindOf(field)) {
    case "enum":
      return field.enum && [output.spelling(field.enum), ".encode"];
    case "timestamp":
      return output.runtime("formatTimestamp");
    case "message":
      return field.message && output.fn("encode", field.message);
    default:
      return undefined;
  }
}
