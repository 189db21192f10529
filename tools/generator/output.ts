import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import type { GeneratedFile, ImportSymbol, Printable } from "@bufbuild/protoplugin";
import { isOptional, kindOf } from "./fields.ts";
import type { Model } from "./model.ts";

/** The kinds of function that are generated for a message. */
export type FunctionKind = "check" | "decode" | "encode";

/** Where the runtime's functions live, so that generated code can name them. */
const RUNTIME = {
  bindVariable: "rest/decode",
  asBool: "rest/decode",
  asInt: "rest/decode",
  asMask: "rest/decode",
  asObject: "rest/decode",
  asString: "rest/decode",
  maskOf: "rest/decode",
  read: "rest/decode",
  readAliased: "rest/decode",
  readList: "rest/decode",
  under: "rest/decode",
  boolText: "rest/query",
  hasParams: "rest/query",
  intText: "rest/query",
  param: "rest/query",
  paramAliased: "rest/query",
  paramList: "rest/query",
  asTimestamp: "call/timestamp",
  checkTimestamp: "call/timestamp",
  encodeTimestamp: "call/timestamp",
  checkGivenText: "call/check",
  checkInt: "call/check",
  checkList: "call/check",
  checkText: "call/check",
  missing: "call/check",
  given: "rest/encode",
  listOf: "rest/encode",
  once: "rest/encode",
  quoted: "rest/encode",
  spelling: "rest/spelling",
} as const;

/** One generated file: names what is in it, and imports what is in others. */
export class Output {
  readonly f: GeneratedFile;
  readonly #file: DescFile;
  readonly #model: Model;

  constructor(f: GeneratedFile, file: DescFile, model: Model) {
    this.f = f;
    this.#file = file;
    this.#model = model;
  }

  /** A function of the bridge's runtime. */
  runtime(name: keyof typeof RUNTIME): ImportSymbol {
    return this.f.import(name, `#src/${RUNTIME[name]}.ts`);
  }

  /** A type of the bridge's runtime. */
  type(name: string, module: string): ImportSymbol {
    return this.f.import(name, `#src/${module}.ts`, true);
  }

  /** The generated function for a message, from whichever file has it. */
  fn(kind: FunctionKind, message: DescMessage): Printable {
    return this.#symbol(`${kind}${this.f.importShape(message).name}`, message.file);
  }

  /** The generated spelling of an enum, from whichever file has it. */
  spelling(desc: DescEnum): Printable {
    return this.#symbol(spellingName(this.f.importShape(desc).name), desc.file);
  }

  /** The expression for a field that is not given. */
  absent(field: DescField): Printable {
    if (field.fieldKind === "list") {
      return "[]";
    }
    if (isOptional(field)) {
      return "undefined";
    }
    return { string: '""', bool: "false", int: "0", enum: "0" }[kindOf(field) as "string"];
  }

  #symbol(name: string, file: DescFile): Printable {
    if (file === this.#file) {
      return name;
    }
    if (!this.#model.files.includes(file)) {
      throw new Error(`${this.#file.name}.proto needs ${name}, but ${file.name}.proto is not being generated`);
    }
    return this.f.import(name, `./${file.name}_rest.js`);
  }
}

/** What an enum's generated spelling is called. */
export function spellingName(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Spelling`;
}
