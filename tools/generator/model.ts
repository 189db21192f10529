import type { DescEnum, DescField, DescFile, DescMessage, DescService } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import { type Binding, bindingsOf } from "./binding.ts";
import { kindOf } from "./fields.ts";
import { type Options, readOptions } from "./options.ts";

/** Everything that is to be generated: which messages need which functions, and which routes there are. */
export interface Model {
  readonly options: Options;
  /** The files that get a file of their own, in a stable order. */
  readonly files: readonly DescFile[];
  readonly bindings: readonly Binding[];
  /** Messages that requests are made of. */
  readonly checked: ReadonlySet<DescMessage>;
  /** Messages that JSON bodies are made of. */
  readonly decoded: ReadonlySet<DescMessage>;
  /** Messages that JSON answers are made of. */
  readonly encoded: ReadonlySet<DescMessage>;
  /** Enums in any of them. */
  readonly enums: ReadonlySet<DescEnum>;
}

/** The services to generate for. */
export function servicesOf(model: Pick<Model, "files">): DescService[] {
  return model.files.flatMap((file) => file.services);
}

/** The mask that names which fields of another one a request changes, and that other one. */
export function updateOf(message: DescMessage): { mask: DescField; resource: DescField } | undefined {
  const mask = message.fields.find((field) => field.name === "update_mask" && kindOf(field) === "mask");
  const resources = message.fields.filter((field) => field.fieldKind === "message" && kindOf(field) === "message");
  return mask && resources[0] && resources.length === 1 ? { mask, resource: resources[0] } : undefined;
}

/** Works out what is to be generated. Throws on what the bridge can't serve. */
export function createModel(schema: Schema): Model {
  const options = readOptions(schema);
  const files = schema.files
    .filter((file) => !/^(google|grpc)\./.test(`${file.proto.package}.`))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const methods = servicesOf({ files }).flatMap((service) => service.methods);
  const bindings = methods.flatMap((method) => bindingsOf(method, options));

  const checked = reach(
    methods.map((method) => method.input),
    "is in a request",
  );
  const decoded = reach(bindings.flatMap(bodyMessages), "is in a JSON body", decodeProblem);
  const encoded = reach(
    bindings.filter((binding) => binding.status !== 204).map((binding) => binding.response),
    "is in a JSON answer",
    (field) => (kindOf(field) === "mask" ? "is a kind of field that is only read" : undefined),
  );
  const all = new Set([...checked, ...decoded, ...encoded]);
  const enums = new Set([...all].flatMap((message) => message.fields.flatMap((field) => field.enum ?? [])));
  for (const resource of [...checked].map((message) => updateOf(message)?.resource)) {
    const required = resource?.message?.fields.find((field) => options.rule(field).required);
    if (required !== undefined) {
      throw new Error(`${resource}: a change names what it is about, so ${required.name} can't be required in it`);
    }
  }
  const used = files.filter(
    (file) => file.services.length > 0 || [...all, ...enums].some((type) => type.file === file),
  );
  return { options, files: used, bindings, checked, decoded, encoded, enums };

  function decodeProblem(field: DescField): string | undefined {
    const { alias } = options.rule(field);
    return alias && (field.fieldKind === "list" || field.message) ? "has an alias and is no single value" : undefined;
  }
}

function bodyMessages({ body, method }: Binding): DescMessage[] {
  return body === "*" ? [method.input] : body?.message ? [body.message] : [];
}

/** The messages that are reachable from some, in the order of finding. */
function reach(roots: DescMessage[], where: string, problem?: (field: DescField) => string | undefined) {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage, parents: readonly DescMessage[]) => {
    if (parents.includes(message)) {
      throw new Error(`${message.typeName} holds itself and ${where}: what is nested without end can't be read safely`);
    }
    if (found.has(message)) {
      return;
    }
    for (const field of message.fields) {
      const kind = kindOf(field);
      // An RPC alone copes with bytes and the like; checks have no rules for them, and nothing of them is text.
      const trouble = kind === "other" && (problem || field.message || field.fieldKind === "map" || field.oneof);
      const why = trouble ? "is of a type that the REST bridge does not know" : problem?.(field);
      if (why !== undefined) {
        throw new Error(`${message.typeName}.${field.name} ${where} and ${why}`);
      }
      if (kind === "message" && field.message) {
        visit(field.message, [...parents, message]);
      }
    }
    found.add(message);
  };
  for (const root of roots) {
    visit(root, []);
  }
  return found;
}
