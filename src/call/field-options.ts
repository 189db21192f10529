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
