import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { isOptional, kindOf } from "./fields.ts";
import type { Model } from "./model.ts";
import type { Output } from "./output.ts";

/**
 * Prints the JSON encoders of a file's messages. They write the text directly, because building objects for
 * `JSON.stringify` costs more than everything else in a response.
 */
export function printEncoders(output: Output, model: Model, file: DescFile): void {
  const { f } = output;
  for (const message of model.encoded) {
    if (message.file !== file) {
      continue;
    }
    const shape = f.importShape(message).toTypeOnly();
    const unused = message.fields.length === 0 ? "_" : ""; // the compiler refuses unused parameters with any other name
    f.print(`/** Writes a ${message.typeName} as JSON. */`);
    f.print("export function ", output.fn("encode", message), `(${unused}message: `, shape, "): string {");
    printObject(output, message);
    f.print("}");
    f.print();
  }
}

/**
 * Prints the text of an object. The first member that is always present has no comma. The members before it have a comma
 * at their end, the members after it at their start. When every member can be absent, each has a comma at its start, and
 * the first comma is cut off.
 */
function printObject(output: Output, { fields }: DescMessage): void {
  const { f } = output;
  const first = fields.findIndex((field) => !canBeAbsent(field));
  const members = fields.map((field, index) => {
    const [before, after] = index === first ? ["", ""] : index < first ? ["", ","] : [",", ""];
    return member(output, field, `${before}${JSON.stringify(field.jsonName)}:`, after);
  });
  if (fields.length > 0 && first < 0) {
    const text = members.flatMap((each, index) => (index === 0 ? each : [" +\n    ", ...each]));
    f.print("  const members = ", ...text, ";");
    f.print('  return "{" + members.slice(1) + "}";');
    return;
  }
  f.print('  return "{" +');
  for (const each of members) {
    f.print("    ", ...each, " +");
  }
  f.print('    "}";');
}

/** The expression for the text of a field's member, with its comma. */
function member(output: Output, field: DescField, before: string, after: string): Printable[] {
  const json = jsonOf(output, field);
  if (!canBeAbsent(field)) {
    return ["`", templateText(before), "${", ...json, "}`"];
  }
  const value = isOptional(field) ? [`message.${field.localName} === undefined ? undefined : `, ...json] : json;
  const end = after === "" ? [] : [", ", output.f.string(after)];
  return [output.runtime("given"), "(`", templateText(before), "`, ", ...value, ...end, ")"];
}

/** Whether a response can leave a field out: an optional field, or an enum, whose value may have no spelling. */
function canBeAbsent(field: DescField): boolean {
  return isOptional(field) || (kindOf(field) === "enum" && field.fieldKind !== "list");
}

/** The expression for the JSON of a field's value. */
function jsonOf(output: Output, field: DescField): Printable[] {
  const value = `message.${field.localName}`;
  const write = writer(output, field);
  const isList = field.fieldKind === "list";
  if (kindOf(field) === "message") {
    const whole = isList ? ["(list) => ", output.runtime("listOf"), "(list, ", write, ")"] : [write];
    return [output.runtime("once"), `(${value}, `, ...whole, ")"];
  }
  return isList ? [output.runtime("listOf"), `(${value}, `, write, ")"] : [write, `(${value})`];
}

/** The function that writes one value of a field as JSON. */
function writer(output: Output, field: DescField): Printable {
  switch (kindOf(field)) {
    case "string":
      return output.runtime("quoted");
    case "timestamp":
      return output.runtime("encodeTimestamp");
    case "struct":
      return "JSON.stringify";
    case "enum":
      return field.enum ? [output.spelling(field.enum), ".encode"] : [];
    case "message":
      return field.message ? output.fn("encode", field.message) : [];
    default:
      return "String";
  }
}

/** Escapes a text for a template literal. */
function templateText(text: string): string {
  return text.replace(/[\\`]|\$\{/g, "\\$&");
}
