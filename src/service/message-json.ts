import {
  type DescMessage,
  getOption,
  type JsonObject,
  type JsonValue,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import { spelling } from "#gen/streak/options/v1/options_pb.ts";

/**
 * Returns a message of the contract as REST shows it, for the audit log. A message never holds a secret that is only
 * stored. Do not pass a message with a secret that an answer shows once, such as a new token's.
 */
export function messageJson<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): JsonObject {
  return respell(desc, toJson(desc, message, { alwaysEmitImplicit: true }) as JsonObject);
}

/** Replaces the names that enums have in the proto by REST's, and leaves out a value that REST has none for. */
function respell(desc: DescMessage, json: JsonObject): JsonObject {
  if (desc.typeName.startsWith("google.protobuf.")) {
    return json;
  }
  const fields = new Map(desc.fields.map((field) => [field.jsonName, field]));
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => {
      const field = fields.get(name);
      const each = (one: JsonValue): JsonValue | undefined => {
        if (field?.enum) {
          const found = field.enum.values.find((known) => known.name === one);
          return found && (getOption(found, spelling) || undefined);
        }
        return field?.message && isObject(one) ? respell(field.message, one) : one;
      };
      const respelt = Array.isArray(value) ? value.map(each).filter((one) => one !== undefined) : each(value);
      return respelt === undefined ? [] : [[name, respelt]];
    }),
  );
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
