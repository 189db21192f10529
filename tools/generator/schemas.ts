import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import { type Binding, changeableFields, isTaken, maskableFields, type QueryField } from "./binding.ts";
import { commentOf } from "./comments.ts";
import type { FieldPath } from "./field-path.ts";
import { isOptional, kindOf } from "./fields.ts";
import { canBeTried, isUpdate, type Model, updateOf } from "./model.ts";

/** A JSON Schema, or another part of an OpenAPI document. */
export type Schema = { [name: string]: unknown };

/** Matches strings without control characters. Not every JSON Schema validator knows `\p{Cc}`, so it names the ranges. */
const NO_CONTROLS = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

const ANY_OBJECT: Schema = { type: "object", description: "Any JSON object.", additionalProperties: true };

/**
 * The schemas of messages. A message can have several, each a component with its own name:
 * - in a response, the fields that are always written are required;
 * - in a request, the fields that the rules require are required;
 * - in the body of a change, the fields that the path sets are missing, and so are all that are unknown, since a change
 *   must not leave out what was misspelt. The same holds for the body of a call that can be tried with `validate_only`.
 */
export class Schemas {
  readonly #model: Model;
  readonly #found = new Map<string, { readonly desc: DescMessage | DescEnum; readonly schema: Schema }>();

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The schemas that others refer to, by name.
   *
   * @param more schemas that are of no message
   */
  components(more: Readonly<Record<string, Schema>>): Record<string, Schema> {
    const found = [...this.#found].map(([name, { desc, schema }]) => {
      if (Object.hasOwn(more, name)) {
        throw new Error(`${desc} would be the schema ${name}, which is another in the OpenAPI document: rename it`);
      }
      return [name, schema] as const;
    });
    return Object.fromEntries([...found, ...Object.entries(more)].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The schema of a message in a response. */
  response(message: DescMessage): Schema {
    return this.#component(message.name, message, () => {
      const fields = message.fields.filter((field) => kindOf(field) !== "other");
      return object(
        message,
        fields.map((field) => [field, this.#responseField(field)]),
        fields.filter((field) => this.#isAlwaysAnswered(field)),
      );
    });
  }

  /** The schema of the JSON body, or of each of its lines. */
  body(binding: Binding): Schema {
    const { body, method } = binding;
    if (body === undefined || body === "*") {
      const fields = this.#accepted(method.input).filter((field) => !isTaken(binding, field, field.jsonName));
      return canBeTried(binding)
        ? this.#closed(method.input.name, method.input, fields)
        : this.#request(method.input, fields);
    }
    return isUpdate(binding)
      ? this.#change(body.message, changeableFields(binding, this.#model.options))
      : this.#request(body.message);
  }

  /** A parameter that is a segment of the path. */
  pathParameter(path: FieldPath, name: string, { verb }: Binding): Schema {
    const field = path.at(-1);
    const schema: Schema = field ? { ...this.#valueOf(field), minLength: 1 } : {};
    return {
      name,
      in: "path",
      required: true,
      ...(field ? { description: commentOf(field), schema } : {}),
      // Pages that can make calls fill the example in. What a deletion deletes must be typed.
      ...(verb === "DELETE" ? {} : exampleIn(schema)),
    };
  }

  /** A parameter of the query. */
  queryParameter({ name, field }: QueryField, binding: Binding): Schema {
    const { maxItems } = this.#model.options.rule(field);
    const value = updateOf(binding.method.input)?.mask === field ? this.#maskOf(binding) : this.#valueOf(field);
    const schema = field.fieldKind === "list" ? { type: "array", ...atMost(maxItems), items: value } : value;
    const required = this.#isRequired(field);
    const example = required ? exampleIn(schema) : {};
    return { name, in: "query", required, description: this.#describe(field), schema, ...example };
  }

  /** A message in a request. Its name differs from the one in a response, because the schemas differ. */
  #request(message: DescMessage, fields = this.#accepted(message)): Schema {
    const name = this.#model.encoded.has(message) ? `${message.name}Input` : message.name;
    return this.#component(name, message, () => this.#requestObject(message, fields, (part) => this.#request(part)));
  }

  /** A message in the body of a change. */
  #change(message: DescMessage, fields = this.#accepted(message)): Schema {
    return this.#closed(`${message.name}Change`, message, fields);
  }

  /** A message in a request that has, at any depth, no fields but those that are described. */
  #closed(name: string, message: DescMessage, fields: DescField[]): Schema {
    return this.#component(name, message, () => ({
      ...this.#requestObject(message, fields, (part) => this.#change(part)),
      additionalProperties: false,
    }));
  }

  #accepted(message: DescMessage): DescField[] {
    return message.fields.filter((field) => !this.#model.options.rule(field).outputOnly);
  }

  #requestObject(message: DescMessage, fields: DescField[], schemaOf: (part: DescMessage) => Schema): Schema {
    return object(
      message,
      fields.map((field) => [field, this.#requestField(field, schemaOf)]),
      fields.filter((field) => this.#isRequired(field)),
    );
  }

  /** A field of a body. `null` means the same as leaving the field out, so it is allowed where the field is optional. */
  #requestField(field: DescField, schemaOf: (part: DescMessage) => Schema): Schema {
    const rule = this.#model.options.rule(field);
    let schema = kindOf(field) === "message" && field.message ? schemaOf(field.message) : this.#valueOf(field);
    if (field.fieldKind === "list") {
      schema = { type: "array", ...(rule.required ? { minItems: 1 } : {}), ...atMost(rule.maxItems), items: schema };
    }
    if (!this.#isRequired(field)) {
      schema =
        schema.$ref === undefined ? { ...schema, type: [schema.type, "null"] } : { anyOf: [schema, { type: "null" }] };
    }
    return { ...schema, description: this.#describe(field) };
  }

  #responseField(field: DescField): Schema {
    const value = kindOf(field) === "message" && field.message ? this.response(field.message) : this.#plainValue(field);
    const schema = field.fieldKind === "list" ? { type: "array", items: value } : value;
    const readOnly = this.#model.options.rule(field).outputOnly ? { readOnly: true } : {};
    return { ...schema, ...readOnly, description: commentOf(field) };
  }

  /** Whether a field must be given: because of its rule, or because its default is below its minimum. */
  #isRequired(field: DescField): boolean {
    const { required, minimum } = this.#model.options.rule(field);
    return required === true || (!isOptional(field) && field.fieldKind !== "list" && (minimum ?? 0) > 0);
  }

  /** Whether a response always has a field. Messages that are not set and enum values without a spelling are left out. */
  #isAlwaysAnswered(field: DescField): boolean {
    const { rule, spelling } = this.#model.options;
    const isSpelled = field.enum?.values.every((value) => spelling(value) !== "") ?? true;
    return rule(field).alwaysAnswered === true || field.fieldKind === "list" || (!isOptional(field) && isSpelled);
  }

  /** What a request's field is. The older name that it may have is not for new clients, so the schemas leave it out. */
  #describe(field: DescField): string {
    const { alias } = this.#model.options.rule(field);
    return commentOf(field) + (alias ? ` \`${alias}\`, its older name, is accepted in its place.` : "");
  }

  /** The schema of one value of a request's field that is no message, with its rules. */
  #valueOf(field: DescField): Schema {
    const rule = this.#model.options.rule(field);
    switch (kindOf(field)) {
      case "string": {
        const { pattern = "", ...plain } = this.#stringOf(field);
        const isGiven = isOptional(field) || rule.required;
        // The checks let an empty string pass. In a list, only code that knows the format refuses it.
        const mayBeEmpty = !isGiven && (field.fieldKind !== "list" || rule.pattern);
        return {
          ...plain,
          ...(isGiven ? { minLength: 1 } : {}),
          ...(rule.maxLength ? { maxLength: rule.maxLength } : {}),
          pattern: pattern ? `^(?:${pattern})${mayBeEmpty ? "?" : ""}$` : NO_CONTROLS,
        };
      }
      case "int": {
        const minimum = rule.minimum || (rule.maximum || rule.loweredTo ? 0 : -(2 ** 31));
        return { type: "integer", format: "int32", minimum, maximum: rule.maximum || 2 ** 31 - 1 };
      }
      default:
        return this.#plainValue(field);
    }
  }

  /** The schema of one value of a field, without rules. */
  #plainValue(field: DescField): Schema {
    switch (kindOf(field)) {
      case "bool":
        return { type: "boolean" };
      case "int":
        return { type: "integer", format: "int32" };
      case "number":
        return { type: "number", format: "double" };
      case "timestamp":
        // The length is for validators that ignore formats.
        return { type: "string", format: "date-time", minLength: 20, examples: ["2024-01-15T12:34:56.000Z"] };
      case "struct":
        return field.message ? this.#component("JsonObject", field.message, () => ANY_OBJECT) : {};
      case "mask":
        return { type: "string", pattern: "^[a-z][a-zA-Z0-9]*([.,][a-z][a-zA-Z0-9]*)*$" };
      case "enum":
        return field.enum ? this.#enum(field.enum) : {};
      default: {
        const { pattern, ...plain } = this.#stringOf(field);
        return { ...plain, ...(pattern ? { pattern: `^(?:${pattern})$` } : {}) };
      }
    }
  }

  /** What the format of a string says about it, and its examples. The pattern is still without its ends. */
  #stringOf(field: DescField): Schema & { readonly pattern?: string | undefined } {
    const { rule, format } = this.#model.options;
    const ofRule = rule(field);
    const ofFormat = format(field);
    const examples = ofRule.examples?.length ? ofRule.examples : ofFormat.examples;
    return { type: "string", ...ofFormat, pattern: ofRule.pattern || ofFormat.pattern, ...(examples && { examples }) };
  }

  /** The schema of a mask of the fields that a body can change. */
  #maskOf(binding: Binding): Schema {
    const names = maskableFields(binding, this.#model.options).map((field) => field.jsonName);
    const any = `(${names.join("|")})`;
    return { type: "string", pattern: `^${any}(,${any})*$` };
  }

  #enum(desc: DescEnum): Schema {
    const values = desc.values.flatMap((value) => {
      const text = this.#model.options.spelling(value);
      return text === "" ? [] : [{ text, comment: commentOf(value) }];
    });
    return this.#component(desc.name, desc, () => ({
      type: "string",
      description: [commentOf(desc), ...values.map(({ text, comment }) => `- \`${text}\`: ${comment}`)].join("\n"),
      enum: values.map(({ text }) => text),
    }));
  }

  #component(name: string, desc: DescMessage | DescEnum, make: () => Schema): Schema {
    const found = this.#found.get(name);
    if (found === undefined) {
      this.#found.set(name, { desc, schema: make() });
    } else if (found.desc !== desc) {
      throw new Error(`${desc} and ${found.desc} would both be the schema ${name} in the OpenAPI document: rename one`);
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}

function object(
  message: DescMessage,
  properties: readonly (readonly [DescField, Schema])[],
  required: readonly DescField[],
): Schema {
  return {
    type: "object",
    description: commentOf(message),
    properties: Object.fromEntries(properties.map(([field, schema]) => [field.jsonName, schema])),
    ...(required.length > 0 ? { required: required.map((field) => field.jsonName) } : {}),
  };
}

/** The example of a parameter: the first of its schema. */
function exampleIn({ examples }: Schema): Schema {
  return Array.isArray(examples) ? { example: examples[0] } : {};
}

function atMost(maxItems: number | undefined): Schema {
  return maxItems ? { maxItems } : {};
}
