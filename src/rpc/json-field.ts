import { type DescMessage, fromJson, type JsonObject, type JsonReadOptions, type JsonValue } from "@bufbuild/protobuf";
import { messageOf } from "../call/field-options.ts";
import { under } from "../call/refusal.ts";

/**
 * Returns the path of the field for which a message in JSON can't be read; undefined when it is not one field's fault.
 * protobuf's parser does not say where it is, so each field is read alone. That happens only after a refusal.
 */
export function unreadableField(
  json: JsonValue,
  desc: DescMessage,
  options: Partial<JsonReadOptions>,
): string | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return undefined;
  }
  for (const [name, value] of Object.entries(json)) {
    if (canRead(desc, { [name]: value }, options)) {
      continue;
    }
    const field = desc.fields.find((candidate) => candidate.jsonName === name || candidate.name === name);
    if (field === undefined) {
      return undefined;
    }
    const index = Array.isArray(value) ? value.findIndex((item) => !canRead(desc, { [name]: [item] }, options)) : -1;
    const at = index < 0 ? field.jsonName : `${field.jsonName}[${index}]`;
    const message = messageOf(field);
    const inner = Array.isArray(value) ? (value[index] ?? null) : value;
    const within = message && unreadableField(inner, message, options);
    return within === undefined ? at : under(at, within);
  }
  return undefined;
}

function canRead(desc: DescMessage, json: JsonObject, options: Partial<JsonReadOptions>): boolean {
  try {
    fromJson(desc, json, options);
    return true;
  } catch {
    return false;
  }
}
