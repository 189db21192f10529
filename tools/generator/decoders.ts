import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { type Binding, isTaken, maskableFields } from "./binding.ts";
import { isOptional, kindOf } from "./fields.ts";
import { canBeTried, isUpdate, type Model, updateOf } from "./model.ts";
import type { Output } from "./output.ts";

/** Prints the JSON decoders of a file's messages. */
export function printDecoders(output: Output, model: Model, file: DescFile): void {
  const { f } = output;
  for (const message of model.decoded) {
    if (message.file !== file) {
      continue;
    }
    const shape = f.importShape(message).toTypeOnly();
    f.print(`/** Reads a ${message.typeName} from JSON. Throws INVALID_BODY. \`at\` is the message's own path. */`);
    f.print("export function ", output.fn("decode", message), "(value: unknown, at: string): ", shape, " {");
    const fields = message.fields.map((field) => [field, jsonValue(output, model, field)] as const);
    const reads = fields.some(([, value]) => value !== undefined);
    f.print(reads ? "  const json = " : "  ", output.runtime("asObject"), "(value, at);");
    f.print("  return {");
    f.print("    $typeName: ", f.string(message.typeName), ",");
    for (const [field, value] of fields) {
      f.print(`    ${field.localName}: `, ...(value ?? [output.absent(field)]), ",");
    }
    f.print("  };");
    f.print("}");
    f.print();
  }
}

/** The expression that reads a field from `json`, or `undefined` for a field that REST never accepts. */
function jsonValue(output: Output, model: Model, field: DescField): Printable[] | undefined {
  const rule = model.options.rule(field);
  if (rule.outputOnly) {
    return undefined;
  }
  const name = output.f.string(field.jsonName);
  const zone = zoneFieldOf(model, field);
  const convert = zone === undefined ? converter(output, field) : zonedInJson(output, output.f.string(zone.jsonName));
  if (field.fieldKind === "list") {
    return [output.runtime("readList"), "(json, ", name, ", at, ", convert, ")"];
  }
  const value = rule.alias
    ? [output.runtime("readAliased"), "(json, ", name, ", ", output.f.string(rule.alias), ", at, ", convert, ")"]
    : [output.runtime("read"), "(json, ", name, ", at, ", convert, ")"];
  return orAbsent(output, field, value);
}

/** The expression that builds a route's request from `body` and `query`. */
export function requestValue(output: Output, model: Model, binding: Binding): Printable[] {
  const { method } = binding;
  if (binding.body !== "*") {
    return messageFromQuery(output, model, binding, method.input, "", "    ");
  }
  const body = canBeTried(binding)
    ? [output.runtime("onlyBody"), "(body, query, ", output.f.importSchema(method.input), ")"]
    : ["body"];
  return [output.fn("decode", method.input), "(", ...body, ', "")'];
}

function messageFromQuery(
  output: Output,
  model: Model,
  binding: Binding,
  message: DescMessage,
  prefix: string,
  indent: string,
): Printable[] {
  const { f } = output;
  const lines: Printable[] = ["{\n", `${indent}  $typeName: `, f.string(message.typeName), ",\n"];
  for (const field of message.fields) {
    const value = fieldFromQuery(output, model, binding, field, prefix + field.jsonName, `${indent}  `);
    lines.push(`${indent}  ${field.localName}: `, ...value, ",\n");
  }
  return [...lines, `${indent}}`];
}

function fieldFromQuery(
  output: Output,
  model: Model,
  binding: Binding,
  field: DescField,
  name: string,
  indent: string,
): Printable[] {
  const { f } = output;
  const rule = model.options.rule(field);
  const kind = kindOf(field);
  if (binding.body === field) {
    const body: Printable[] = isUpdate(binding)
      ? [output.runtime("onlyKnown"), "(body, ", f.importSchema(binding.body.message), ", ", f.string(name), ")"]
      : ["body"];
    return [output.fn("decode", binding.body.message), "(", ...body, ", ", f.string(name), ")"];
  }
  if (isTaken(binding, field, name) || rule.outputOnly || kind === "struct" || kind === "other") {
    return [output.absent(field)];
  }
  if (kind === "message" && field.message) {
    return field.fieldKind === "list"
      ? ["[]"]
      : [
          output.runtime("hasParams"),
          "(query, ",
          f.string(`${name}.`),
          ") ? ",
          ...messageFromQuery(output, model, binding, field.message, `${name}.`, indent),
          " : undefined",
        ];
  }
  const prefix = name.slice(0, name.length - field.jsonName.length);
  const zone = zoneFieldOf(model, field);
  const convert =
    zone !== undefined
      ? zonedInQuery(output, f.string(prefix + zone.jsonName))
      : kind === "int" || kind === "bool"
        ? output.runtime(`${kind}Text`)
        : converter(output, field);
  if (field.fieldKind === "list") {
    return [output.runtime("paramList"), "(query, ", f.string(name), ", ", convert, ")"];
  }
  const value = rule.alias
    ? [
        output.runtime("paramAliased"),
        "(query, ",
        f.string(name),
        ", ",
        f.string(prefix + rule.alias),
        ", ",
        convert,
        ")",
      ]
    : [output.runtime("param"), "(query, ", f.string(name), ", ", convert, ")"];
  if (isUpdate(binding) && updateOf(binding.method.input)?.mask === field) {
    return [...value, " ?? ", output.runtime("maskOf"), "(body, [", ...maskNames(output, model, binding), "])"];
  }
  return orAbsent(output, field, value);
}

/** The pairs of a JSON name in a PATCH body and the field that it changes. A field with an older name has two pairs. */
function maskNames(output: Output, model: Model, binding: Binding): Printable[] {
  return maskableFields(binding, model.options)
    .flatMap((field) => [field.jsonName, model.options.rule(field).alias].map((name) => [name, field.name] as const))
    .filter(([name]) => name)
    .flatMap(([name, field], index) => {
      return [index > 0 ? ", " : "", "[", output.f.string(name ?? ""), ", ", output.f.string(field), "]"];
    });
}

/** The field that names the zone of a timestamp's local times. Throws when the contract has no such field. */
function zoneFieldOf(model: Model, field: DescField): DescField | undefined {
  const name = model.options.rule(field).zone;
  if (!name) {
    return undefined;
  }
  const zone = field.parent.fields.find((candidate) => candidate.name === name);
  if (zone === undefined || kindOf(zone) !== "string" || zone.fieldKind === "list" || kindOf(field) !== "timestamp") {
    throw new Error(`${field}: the rule zone is for a timestamp, and must name a string beside it`);
  }
  return zone;
}

function zonedInJson(output: Output, zone: Printable): Printable[] {
  const at = [output.runtime("under"), "(at, ", zone, ")"];
  const read = [output.runtime("read"), "(json, ", zone, ", at, ", output.runtime("asString"), ")"];
  return zonedTimestamp(output, at, read);
}

function zonedInQuery(output: Output, zone: Printable): Printable[] {
  const read = [output.runtime("param"), "(query, ", zone, ", ", output.runtime("asString"), ")"];
  return zonedTimestamp(output, [zone], read);
}

/** The expression that converts a timestamp, with the expressions for the path of its zone and for reading that. */
function zonedTimestamp(output: Output, at: Printable[], read: Printable[]): Printable[] {
  const zone = ["{ at: ", ...at, ", read: () => ", ...read, " }"];
  return ["(value, path) => ", output.runtime("asTimestamp"), "(value, path, ", ...zone, ")"];
}

function orAbsent(output: Output, field: DescField, value: Printable[]): Printable[] {
  return isOptional(field) ? value : [...value, " ?? ", output.absent(field)];
}

function converter(output: Output, field: DescField): Printable {
  switch (kindOf(field)) {
    case "string":
      return output.runtime("asString");
    case "bool":
      return output.runtime("asBool");
    case "int":
      return output.runtime("asInt");
    case "timestamp":
      return output.runtime("asTimestamp");
    case "struct":
      return output.runtime("asObject");
    case "mask":
      return output.runtime("asMask");
    default:
      if (field.enum) {
        return [output.spelling(field.enum), ".decode"];
      }
      if (field.message) {
        return output.fn("decode", field.message);
      }
      throw new Error(`${field.parent.typeName}.${field.name} is of a type that the REST bridge does not know`);
  }
}
