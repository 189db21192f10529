import { type DescEnum, type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { rule, spelling } from "#gen/streak/options/v1/options_pb.ts";

/** The older name of a field, which callers may still use; undefined when it has none. */
export function aliasOf(field: DescField): string | undefined {
  return getOption(field, rule).alias || undefined;
}

/** The field beside a timestamp that may name the zone of local times; undefined when there is none. */
export function zoneFieldOf(field: DescField): DescField | undefined {
  const { zone } = getOption(field, rule);
  return zone === "" ? undefined : field.parent.fields.find(({ name }) => name === zone);
}

/** How REST spells the values of an enum, with the name of each value in the proto. */
export function spellingsOf(desc: DescEnum): ReadonlyMap<string, string> {
  return new Map(
    desc.values.map((value) => [getOption(value, spelling), value.name] as const).filter(([text]) => text !== ""),
  );
}

/** The message that a field holds, or each entry of it; undefined for other fields and Google's well-known types. */
export function messageOf(field: DescField): DescMessage | undefined {
  const isMap = field.fieldKind === "map";
  return isMap || field.message?.typeName.startsWith("google.protobuf.") ? undefined : field.message;
}

const fieldsOf = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** Returns the fields of a message by their names in JSON, older names included. It is made once for each message. */
export function namesOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  let fields = fieldsOf.get(desc);
  if (fields === undefined) {
    fields = new Map(
      desc.fields.flatMap((field) => [field.jsonName, aliasOf(field) ?? field.jsonName].map((name) => [name, field])),
    );
    fieldsOf.set(desc, fields);
  }
  return fields;
}

/**
 * Returns the path of a field with other names, such as `project.site_key` for `project.siteKey`. A part that names no
 * field is left as it is.
 *
 * @param rename returns a field's name; `parent` is the path, in its old names, of the message that the field is in
 */
export function mapPath(
  path: string,
  root: DescMessage,
  rename: (field: DescField, parent: readonly string[]) => string,
) {
  let desc: DescMessage | undefined = root;
  const parent: string[] = [];
  return path.replace(/[^.[\]]+/g, (part) => {
    if (/^\d/.test(part)) {
      parent.push(part);
      return part;
    }
    const field: DescField | undefined = desc?.fields.find(({ jsonName }) => jsonName === part);
    const name = field && rename(field, parent);
    desc = field && messageOf(field);
    parent.push(part);
    return name ?? part;
  });
}
