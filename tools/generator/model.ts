import type { DescEnum, DescField, DescFile, DescMessage, DescService } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import { type Binding, bindingsOf } from "./binding.ts";
import { kindOf } from "./fields.ts";
import { type Options, readOptions } from "./options.ts";

/** What to generate: the routes, and which messages need which functions. */
export interface Model {
  readonly options: Options;
  /** The proto files for which a file is generated, in a stable order. */
  readonly files: readonly DescFile[];
  readonly bindings: readonly Binding[];
  /** The messages in requests. */
  readonly checked: ReadonlySet<DescMessage>;
  /** The messages in JSON bodies of requests. */
  readonly decoded: ReadonlySet<DescMessage>;
  /** The messages in JSON bodies of responses. */
  readonly encoded: ReadonlySet<DescMessage>;
  /** The enums in any of these messages. */
  readonly enums: ReadonlySet<DescEnum>;
}

/** The services to generate for. */
export function servicesOf(model: Pick<Model, "files">): DescService[] {
  return model.files.flatMap((file) => file.services);
}

/** For a request that changes a resource: the field with the resource, and the mask of what changes in it. */
export function updateOf(message: DescMessage): { mask: DescField; resource: DescField } | undefined {
  const mask = message.fields.find((field) => field.name === "update_mask" && kindOf(field) === "mask");
  const resources = message.fields.filter((field) => field.fieldKind === "message" && kindOf(field) === "message");
  return mask && resources[0] && resources.length === 1 ? { mask, resource: resources[0] } : undefined;
}

/** Whether a route's body holds what changes in a resource, so that a mask can be made of its fields. */
export function isUpdate({ verb, method, body }: Binding): boolean {
  return verb === "PATCH" && body !== undefined && updateOf(method.input)?.resource === body;
}

/**
 * Whether a route's call can be tried with `validate_only`, and reads its body alone. Such a call must refuse unknown
 * names: a misspelt `validateOnly` would make a real change of a trial, and a misspelt `from` a larger change.
 */
export function canBeTried({ method, body }: Binding): boolean {
  return (
    body === "*" && method.input.fields.some((field) => field.name === "validate_only" && kindOf(field) === "bool")
  );
}

/** Finds out what to generate. Throws on anything in the contract that can't be served. */
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
    "is in a JSON response",
    (field) => (kindOf(field) === "mask" ? "can only be in a request" : undefined),
  );
  const all = new Set([...checked, ...decoded, ...encoded]);
  const enums = new Set([...all].flatMap((message) => message.fields.flatMap((field) => field.enum ?? [])));
  for (const resource of [...checked].map((message) => updateOf(message)?.resource)) {
    const required = resource?.message?.fields.find((field) => options.rule(field).required);
    if (required !== undefined) {
      const why = "with update_mask, a change may leave out any field";
      throw new Error(`${resource}: ${why}, so ${required.name} can't be required in it`);
    }
  }
  const used = files.filter(
    (file) => file.services.length > 0 || [...all, ...enums].some((type) => type.file === file),
  );
  return { options, files: used, bindings, checked, decoded, encoded, enums };

  function decodeProblem(field: DescField): string | undefined {
    if (kindOf(field) === "number") {
      return "can only be in a response";
    }
    const { alias } = options.rule(field);
    return alias && (field.fieldKind === "list" || field.message)
      ? "has an alias, but is not a single scalar value"
      : undefined;
  }
}

function bodyMessages({ body, method }: Binding): DescMessage[] {
  return body === "*" ? [method.input] : body?.message ? [body.message] : [];
}

/**
 * The messages that `roots` are or contain. `where` says where they are, for the errors. Throws on a message that contains
 * itself, on a field of an unsupported type, and on a field for which `problem` returns a reason.
 */
function reach(roots: DescMessage[], where: string, problem?: (field: DescField) => string | undefined) {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage, parents: readonly DescMessage[]) => {
    if (parents.includes(message)) {
      throw new Error(`${message.typeName} contains itself and ${where}: nesting without a limit can't be read safely`);
    }
    if (found.has(message)) {
      return;
    }
    for (const field of message.fields) {
      const kind = kindOf(field);
      // A scalar of another type, such as bytes, may be in a request of RPC alone: there are no checks for it.
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
