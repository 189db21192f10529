import { type DescMessage, getOption } from "@bufbuild/protobuf";
import { type FieldRule, rule } from "#gen/streak/options/v1/options_pb.ts";

/**
 * Returns the limits of a field, as the contract states them, so that forms show what the server checks.
 *
 * @param message the message's descriptor, such as `ProjectSchema`
 * @param field the field's name in JSON, such as `allowedOrigins`
 * @throws when the message has no such field
 */
export function limitsOf<Desc extends DescMessage>(message: Desc, field: keyof Desc["field"] & string): FieldRule {
  const desc = message.field[field];
  if (desc === undefined) {
    throw new Error(`${message.typeName} has no field ${field}.`);
  }
  return getOption(desc, rule);
}

/** How many characters a text has, as the server counts them: Unicode code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}
