import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { type FieldPath, fieldPath } from "./field-path.ts";
import { kindOf } from "./fields.ts";
import type { Options } from "./options.ts";

/** One HTTP method and path of an rpc. */
export interface Binding {
  readonly method: DescMethod;
  /** Which of the rpc's bindings it is, from 0. */
  readonly index: number;
  readonly verb: string;
  /** The path's segments; a variable is the field that it sets. */
  readonly segments: readonly (string | FieldPath)[];
  /** The custom verb that follows the last segment, a variable, after a colon, such as `rotate`. */
  readonly action: string | undefined;
  /** What the body holds: `*` is the whole request, a field is that field alone, `undefined` is no body. */
  readonly body: "*" | (DescField & { readonly message: DescMessage }) | undefined;
  /** The field of the response that the response's body holds; `undefined` when it holds the whole response. */
  readonly responseField: (DescField & { readonly message: DescMessage }) | undefined;
  /** The message that the response's body holds. */
  readonly response: DescMessage;
  /** The HTTP status of a success. */
  readonly status: number;
}

/** A field that a query parameter can set, and the parameter's name. */
export interface QueryField {
  readonly name: string;
  readonly field: DescField;
}

/** How JSON spells a field path, such as `project.siteKey`. */
export function jsonPath(path: FieldPath): string {
  return path.map((field) => field.jsonName).join(".");
}

/** The path of a route. A variable is in braces, by the name that `names` gives it in the path's order. */
export function pathText({ segments, action }: Binding, names: readonly string[]): string {
  const rest = [...names];
  const text = segments.map((segment) => (typeof segment === "string" ? segment : `{${rest.shift() ?? ""}}`)).join("/");
  return action === undefined ? `/${text}` : `/${text}:${action}`;
}

/** The fields that a path sets. */
export function variablesOf(binding: Binding): FieldPath[] {
  return binding.segments.filter((segment) => typeof segment !== "string");
}

/** Whether the path or the body sets a field, so that no query parameter may. `name` is the field's path in JSON. */
export function isTaken(binding: Binding, field: DescField, name: string): boolean {
  return field === binding.body || variablesOf(binding).some((variable) => jsonPath(variable) === name);
}

/** The fields that query parameters can set, with those in nested messages. */
export function queryFields(binding: Binding, options: Options): QueryField[] {
  const visit = (message: DescMessage, prefix: string): QueryField[] =>
    message.fields.flatMap((field) => {
      const name = prefix + field.jsonName;
      const kind = kindOf(field);
      if (isTaken(binding, field, name) || options.rule(field).outputOnly || kind === "struct" || kind === "other") {
        return [];
      }
      if (kind === "message" && field.message) {
        return field.fieldKind === "list" ? [] : visit(field.message, `${name}.`);
      }
      return [{ name, field }];
    });
  return binding.body === "*" ? [] : visit(binding.method.input, "");
}

/** The fields that the body of a change can hold: all except those that the path or only the server sets. */
export function changeableFields(binding: Binding, options: Options): DescField[] {
  const { body } = binding;
  return body === undefined || body === "*"
    ? []
    : body.message.fields.filter(
        (field) => !options.rule(field).outputOnly && !isTaken(binding, field, `${body.jsonName}.${field.jsonName}`),
      );
}

/**
 * The fields that a mask may name. An `etag` is no part of a change: it says which state the change is made to (AIP-154).
 */
export function maskableFields(binding: Binding, options: Options): DescField[] {
  return changeableFields(binding, options).filter(({ name }) => name !== "etag");
}

/** The HTTP bindings of an rpc. Throws when the bridge can't serve one. */
export function bindingsOf(method: DescMethod, options: Options): Binding[] {
  const where = `${method.parent.typeName}.${method.name}`;
  return options.httpRules(method).map((rule, index) => {
    const { case: verb, value } = rule.pattern;
    if (verb === undefined) {
      throw new Error(`${where}: a REST route needs a method and a path`);
    }
    const [name, path] = verb === "custom" ? [value.kind, value.path] : [verb, value];
    const responseField =
      rule.responseBody === "" ? undefined : messageField(method.output, rule.responseBody, `${where}: response_body`);
    const binding: Binding = {
      method,
      index,
      verb: name.toUpperCase(),
      ...pathOf(path, method.input, where),
      body:
        rule.body === ""
          ? undefined
          : rule.body === "*"
            ? "*"
            : messageField(method.input, rule.body, `${where}: body`),
      responseField,
      response: responseField?.message ?? method.output,
      status: options.successStatus(method),
    };
    refuseImpossibleStream(binding, where);
    return binding;
  });
}

/** Throws when the route has no place for a streamed request, or no status for a streamed response. */
function refuseImpossibleStream(binding: Binding, where: string): void {
  if (hasStreamedRequest(binding.method) && binding.body === undefined) {
    throw new Error(`${where}: its request is a stream, so its REST route needs a body: write body: "*"`);
  }
  if (hasStreamedResponse(binding.method) && binding.status !== 200) {
    throw new Error(`${where}: its response is a stream, so success_status must be 200, not ${binding.status}`);
  }
  if (hasStreamedResponse(binding.method) && binding.response.fields.some((field) => field.jsonName === "error")) {
    throw new Error(
      `${where}: a line with the field error says that a call failed, so a response can't have that field`,
    );
  }
}

/** Whether a client sends any number of requests in one call. */
export function hasStreamedRequest({ methodKind }: DescMethod): boolean {
  return methodKind === "client_streaming" || methodKind === "bidi_streaming";
}

/** Whether the server sends any number of responses in one call. */
export function hasStreamedResponse({ methodKind }: DescMethod): boolean {
  return methodKind === "server_streaming" || methodKind === "bidi_streaming";
}

/** Reads the path of a rule. A colon that follows a variable at its end begins an action. */
function pathOf(path: string, input: DescMessage, where: string): Pick<Binding, "segments" | "action"> {
  if (!path.startsWith("/")) {
    throw new Error(`${where}: the path ${path} must begin with a slash`);
  }
  const [, plain = path, action] = /^(.*\}):([a-z][a-zA-Z]*)$/.exec(path) ?? [];
  const segments = plain
    .slice(1)
    .split("/")
    .map((segment) => {
      const variable = /^\{([a-z0-9_.]+)\}$/.exec(segment)?.[1];
      if (variable !== undefined) {
        return fieldPath(input, variable, `${where}: the path`);
      }
      if (/[{}*]/.test(segment) || segment === "") {
        throw new Error(`${where}: in ${path} a segment must be plain text or one {variable}`);
      }
      return segment;
    });
  return { segments, action };
}

function messageField(message: DescMessage, name: string, where: string) {
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field?.fieldKind !== "message" || kindOf(field) !== "message") {
    throw new Error(`${where}: ${name} must be a field that holds one message`);
  }
  return field;
}
