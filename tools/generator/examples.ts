import type { Schema } from "./schemas.ts";

/** The schemas that others refer to, by name. */
type Components = Readonly<Record<string, Schema>>;

/**
 * An example of a body: what it must have, and nothing else, so that whoever tries it sends no more than needed. A body
 * that must have nothing has its first text that has examples; an example of a time is soon of the past.
 */
export function exampleOfBody(schema: Schema, components: Components): unknown {
  const { properties = {}, required = [] } = resolve(schema, components) as ObjectSchema;
  const hasExample = ({ examples, format }: Schema = {}) => examples !== undefined && format === undefined;
  const first = Object.keys(properties).find((name) => hasExample(properties[name]));
  const names = required.length > 0 || first === undefined ? required : [first];
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {}, components)]));
}

interface ObjectSchema extends Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** An example of a value that must be there. */
function exampleOf(reference: Schema, components: Components): unknown {
  const schema = resolve(reference, components);
  const [example] = (schema.examples ?? schema.enum ?? []) as readonly unknown[];
  if (example !== undefined) {
    return example;
  }
  switch (schema.type) {
    case "object":
      return exampleOfBody(schema, components);
    case "array":
      return [exampleOf(schema.items as Schema, components)];
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return true;
    default:
      return "…";
  }
}

function resolve(schema: Schema, components: Components): Schema {
  const name = (schema.$ref as string | undefined)?.split("/").at(-1);
  return name === undefined ? schema : (components[name] ?? {});
}
