import type { DescField, DescMessage, JsonObject } from "@bufbuild/protobuf";
import { messageOf, namesOf, spellingsOf, zoneFieldOf } from "../call/field-options.ts";
import { under, unknownField } from "../call/refusal.ts";
import { asRfc3339 } from "../call/timestamp.ts";
import { refusal } from "../errors.ts";

/** Returns a value of a field as protobuf's JSON has it. `at` is its path; `json` is the object that it is in. */
type Convert = (value: unknown, at: string, json: JsonObject) => unknown;

/**
 * Rewrites a message in JSON, in place, so that protobuf's parser takes what REST takes too: older names of fields, the
 * spellings of enums, and every form of a time. What protobuf's JSON allows is left as it is.
 *
 * Throws INVALID_BODY for a name that no field has, and for a value that no form of its enum or time has. Everything else
 * is for the parser to refuse.
 *
 * @param at the message's path
 */
export function toProtobufJson(json: unknown, desc: DescMessage, at = ""): void {
  if (!isObject(json)) {
    return;
  }
  const fields = fieldsOf(desc);
  for (const name of Object.keys(json)) {
    const known = fields.get(name);
    if (known === undefined) {
      if (name.startsWith("[")) {
        continue; // an extension
      }
      throw unknownField(at, name, desc);
    }
    const [field, convert] = known;
    const { jsonName } = field;
    const value = json[name];
    if (convert !== undefined && value !== null) {
      json[name] = convert(value, under(at, jsonName), json) as JsonObject[string];
    }
    if (name !== jsonName && name !== field.name) {
      moveAlias(json, name, jsonName, at);
    }
  }
}

/** Gives a value under an older name the field's own. Two different values are INVALID_BODY, as over REST. */
function moveAlias(json: JsonObject, alias: string, name: string, at: string): void {
  const value = json[alias] as JsonObject[string];
  const given = Object.hasOwn(json, name) ? json[name] : null;
  if (value !== null && given !== null && value !== given) {
    throw refusal(under(at, name), `and its older name ${alias} say different things: send only ${name}`);
  }
  delete json[alias];
  json[name] = given ?? value;
}

type KnownField = readonly [field: DescField, convert: Convert | undefined];

const fieldsByName = new WeakMap<DescMessage, ReadonlyMap<string, KnownField>>();

/** The fields of a message by every name that they have in JSON. The names in the proto are for RPC alone. */
function fieldsOf(desc: DescMessage): ReadonlyMap<string, KnownField> {
  let fields = fieldsByName.get(desc);
  if (fields === undefined) {
    const names = [...desc.fields.map((field) => [field.name, field] as const), ...namesOf(desc)];
    fields = new Map(names.map(([name, field]) => [name, [field, converterOf(field)]]));
    fieldsByName.set(desc, fields);
  }
  return fields;
}

function converterOf(field: DescField): Convert | undefined {
  const one = valueConverterOf(field);
  if (one === undefined || field.fieldKind !== "list") {
    return one;
  }
  return (list, at, json) =>
    Array.isArray(list) ? list.map((value, index) => one(value, `${at}[${index}]`, json)) : list;
}

function valueConverterOf(field: DescField): Convert | undefined {
  if (field.fieldKind === "map") {
    return undefined;
  }
  if (field.enum !== undefined) {
    const spellings = spellingsOf(field.enum);
    const names = new Set(field.enum.values.map(({ name }) => name));
    return spellings.size === 0 ? undefined : (value, at) => enumName(value, at, spellings, names);
  }
  if (field.message?.typeName === "google.protobuf.Timestamp") {
    const zone = zoneFieldOf(field);
    return (value, at, json) => asRfc3339(value, at, zone && zoneIn(json, zone, at));
  }
  const message = messageOf(field);
  return (
    message &&
    ((value, at) => {
      toProtobufJson(value, message, at);
      return value;
    })
  );
}

/** Returns an enum's value as protobuf's JSON has it: by its name in the proto, or by its number. */
function enumName(
  value: unknown,
  at: string,
  spellings: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): unknown {
  if (typeof value !== "string" || names.has(value)) {
    return value;
  }
  const name = spellings.get(value);
  if (name === undefined) {
    throw refusal(at, `must be one of ${[...spellings.keys()].join(", ")}`);
  }
  return name;
}

/** The field that names the zone of a timestamp, whose path is `at`. */
function zoneIn(json: JsonObject, zone: DescField, at: string) {
  const path = at.slice(0, at.lastIndexOf(".") + 1) + zone.jsonName;
  return {
    at: path,
    read() {
      const name = [zone.jsonName, zone.name].find((candidate) => Object.hasOwn(json, candidate));
      const value = name && json[name];
      return typeof value === "string" ? value : undefined;
    },
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
