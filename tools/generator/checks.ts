import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { isOptional, kindOf } from "./fields.ts";
import type { Model } from "./model.ts";
import { lowerFirst, type Output } from "./output.ts";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** Prints the checks of a file's request messages. */
export function printChecks(output: Output, model: Model, file: DescFile): void {
  for (const message of model.checked) {
    if (message.file === file) {
      new CheckPrinter(output, model, message).print();
    }
  }
}

class CheckPrinter {
  readonly #output: Output;
  readonly #model: Model;
  readonly #message: DescMessage;
  readonly #lines: Printable[][] = [];
  readonly #patterns: Printable[][] = [];

  constructor(output: Output, model: Model, message: DescMessage) {
    this.#output = output;
    this.#model = model;
    this.#message = message;
  }

  print(): void {
    const { f } = this.#output;
    for (const field of this.#message.fields) {
      this.#field(field);
    }
    for (const pattern of this.#patterns) {
      f.print(...pattern);
    }
    const shape = f.importShape(this.#message).toTypeOnly();
    const unused = this.#lines.length === 0 ? "_" : ""; // the compiler refuses unused parameters with any other name
    f.print(
      `/** Throws INVALID_BODY when a ${this.#message.typeName} breaks a rule. \`at\` is the message's own path. */`,
    );
    f.print(
      ...[
        "export function ",
        this.#output.fn("check", this.#message),
        `(${unused}message: `,
        shape,
        `, ${unused}at = ""`,
      ],
      "): void {",
    );
    for (const line of this.#lines) {
      f.print("  ", ...line);
    }
    f.print("}");
    f.print();
  }

  #field(field: DescField): void {
    const rule = this.#model.options.rule(field);
    const value = `message.${field.localName}`;
    const at: Printable[] = [this.#output.runtime("under"), "(at, ", this.#output.f.string(field.jsonName), ")"];
    if (rule.required) {
      this.#required(field, value, at);
    }
    if (rule.loweredTo) {
      this.#lowered(field, value, at, rule.loweredTo);
      return;
    }
    const check = this.#checkOf(field);
    if (field.fieldKind === "list") {
      if (check || rule.maxItems) {
        const each = check
          ? [", ", ...(check.plain ? [check.name] : ["(item, at) => ", ...check.call("item", ["at"])])]
          : [];
        this.#lines.push([
          this.#output.runtime("checkList"),
          `(${value}, `,
          ...at,
          `, ${rule.maxItems || 0}`,
          ...each,
          ");",
        ]);
      }
    } else if (check) {
      const given = isOptional(field) && !rule.required ? [`if (${value} !== undefined) `] : [];
      this.#lines.push([...given, ...check.call(value, at), ";"]);
    }
  }

  #required(field: DescField, value: string, at: Printable[]): void {
    if (kindOf(field) === "int" && !isOptional(field) && (this.#model.options.rule(field).minimum ?? 0) > 0) {
      return; // 0 stands for "not given", too. The check of the minimum refuses it, and says which values there are.
    }
    const empty: Printable[] = isOptional(field)
      ? [`${value} === undefined`]
      : field.fieldKind === "list"
        ? [`${value}.length === 0`]
        : [`${value} === `, this.#output.absent(field)];
    this.#lines.push(["if (", ...empty, ") throw ", this.#output.runtime("missing"), "(", ...at, ");"]);
  }

  #lowered(field: DescField, value: string, at: Printable[], most: number): void {
    if (kindOf(field) !== "int" || field.fieldKind === "list" || isOptional(field)) {
      throw new Error(`${field}: only an integer that is neither optional nor a list can have the rule lowered_to`);
    }
    this.#lines.push([`${value} = `, this.#output.runtime("lowerInt"), `(${value}, `, ...at, `, ${most});`]);
  }

  /** The function that checks one value of a field, and its arguments after the value and the path. */
  #checkOf(field: DescField) {
    const output = this.#output;
    const rule = this.#model.options.rule(field);
    const checkWith = (name: Printable, ...more: Printable[]) => ({
      name,
      plain: more.length === 0,
      call: (value: string, at: Printable[]): Printable[] => [name, `(${value}, `, ...at, ...more, ")"],
    });
    switch (kindOf(field)) {
      case "string": {
        const name = field.fieldKind !== "list" && isOptional(field) ? "checkGivenText" : "checkText";
        const pattern = rule.pattern ? [", ", this.#pattern(field, rule.pattern)] : [];
        const bounds = rule.maxLength || rule.pattern ? [`, ${rule.maxLength || 0}`, ...pattern] : [];
        return checkWith(output.runtime(name), ...bounds);
      }
      case "int": {
        if (!rule.minimum && !rule.maximum) {
          return undefined;
        }
        // A bound that is not given reads as 0. With an upper bound alone, the lower bound is 0.
        const minimum = rule.minimum || (rule.maximum ? 0 : INT32_MIN);
        return checkWith(output.runtime("checkInt"), `, ${minimum}, ${rule.maximum || INT32_MAX}`);
      }
      case "enum":
        return field.enum && checkWith([output.spelling(field.enum), ".check"]);
      case "timestamp":
        return checkWith(output.runtime("checkTimestamp"));
      case "message":
        return field.message && checkWith(output.fn("check", field.message));
      default:
        return undefined;
    }
  }

  #pattern(field: DescField, source: string): string {
    const text = regExpOf(field, source).toString();
    const message = this.#output.f.importShape(this.#message).name;
    const name = `${lowerFirst(message)}_${field.localName}`;
    this.#patterns.push([`const ${name} = ${text};`]);
    return name;
  }
}

function regExpOf(field: DescField, source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch (error) {
    throw new Error(`${field}: the pattern ${source} is not a regular expression`, { cause: error });
  }
}
