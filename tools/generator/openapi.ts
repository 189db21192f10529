import { STATUS_CODES } from "node:http";
import type { DescMethod } from "@bufbuild/protobuf";
import { ADMIN_TOKEN_HEADER } from "../../src/call/principal.ts";
import { type ErrorCode, errorCatalogue } from "../../src/errors.ts";
import { type Binding, hasStreamedRequest, hasStreamedResponse, queryFields, variablesOf } from "./binding.ts";
import { commentOf } from "./comments.ts";
import { type Model, servicesOf } from "./model.ts";
import { type Schema, Schemas } from "./schemas.ts";

const PROTO = "application/proto";
const NDJSON = "application/x-ndjson";

/** What the document says about a streamed response. OpenAPI 3.1 has no schema for a line, so this is prose. */
const LINES =
  "Any number of lines. Each line is JSON that matches the schema. When the call fails after the response has begun, " +
  'the last line is `{"error":…,"message":…}`, which is the body of an error response.';

/** The OpenAPI 3.1 document of all REST routes. Throws when two methods or two schemas would have the same name. */
export function openApi(model: Model): Schema {
  refuseSameNames(model);
  const schemas = new Schemas(model);
  const paths = pathItems(model, schemas);
  return {
    openapi: "3.1.0",
    info: { title: "streakd", version: "1", description: "The REST API of streakd, a self-hosted streak service." },
    servers: [{ url: "/" }],
    tags: servicesOf(model).map((service) => ({ name: service.name, description: commentOf(service) })),
    paths,
    components: {
      schemas: schemas.components(),
      responses: Object.fromEntries(errorStatuses().map((status) => [`Error${status}`, errorResponse(status)])),
      securitySchemes: {
        AdminToken: {
          type: "apiKey",
          in: "header",
          name: ADMIN_TOKEN_HEADER,
          description: "The server's admin token. It has every scope.",
        },
      },
    },
  };
}

/** Throws when two methods with routes have the same name: it is their `operationId`, which must be unique. */
function refuseSameNames({ bindings }: Model): void {
  const methods = new Map<string, DescMethod>();
  for (const { method } of bindings) {
    const other = methods.get(method.localName);
    if (other !== undefined && other !== method) {
      throw new Error(`${method} and ${other} would both be the operation ${method.localName}: rename one`);
    }
    methods.set(method.localName, method);
  }
}

/**
 * The operations by path. To OpenAPI, paths that differ only in the names of their variables are the same path. So the
 * first binding of a path gives its variables their names.
 */
function pathItems(model: Model, schemas: Schemas): Schema {
  const items = new Map<string, { path: string; names: string[]; operations: Schema }>();
  for (const binding of model.bindings) {
    const shape = binding.segments.map((segment) => (typeof segment === "string" ? segment : "{}")).join("/");
    let item = items.get(shape);
    if (item === undefined) {
      const names = variableNames(binding);
      const rest = [...names];
      const segments = binding.segments.map((segment) => (typeof segment === "string" ? segment : `{${rest.shift()}}`));
      item = { path: `/${segments.join("/")}`, names, operations: {} };
      items.set(shape, item);
    }
    item.operations[binding.verb.toLowerCase()] = operation(model, schemas, binding, item.names);
  }
  return Object.fromEntries([...items.values()].map(({ path, operations }) => [path, operations]));
}

function operation(model: Model, schemas: Schemas, binding: Binding, names: readonly string[]): Schema {
  const { method } = binding;
  const access = model.options.access(method);
  const [summary = "", ...rest] = commentOf(method).split("\n\n");
  const parameters = [
    ...variablesOf(binding).map((path, index) => schemas.pathParameter(path, names[index] ?? "")),
    ...queryFields(binding, model.options).flatMap((parameter) => schemas.queryParameters(parameter, binding)),
  ];
  return {
    operationId: method.localName + (binding.index > 0 ? binding.index + 1 : ""),
    tags: [method.parent.name],
    summary: summary.replace(/\.$/, ""),
    description: rest.join("\n\n"),
    ...(access === "anyone" ? {} : { security: [{ AdminToken: [access.scope] }] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(binding.body === undefined ? {} : { requestBody: requestBody(model, schemas, binding) }),
    responses: {
      [binding.status]: success(schemas, binding),
      ...Object.fromEntries(
        errorStatuses()
          .filter((status) => status !== (access === "anyone" ? 401 : 403)) // only methods for anyone refuse origins
          .map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
      ),
    },
  };
}

function requestBody(model: Model, schemas: Schemas, binding: Binding): Schema {
  if (hasStreamedRequest(binding.method)) {
    const { maxMessageBytes } = model.options.limits(binding.method);
    return {
      description: `Any number of lines. Each line is JSON, and has at most ${maxMessageBytes} bytes.`,
      required: true,
      content: { [NDJSON]: { schema: schemas.body(binding) } },
    };
  }
  return {
    // text/plain is no content of its own: its schema could only say "a string", and few strings are valid.
    description: "JSON. `text/plain`, which `navigator.sendBeacon` sends, is read as JSON too.",
    required: true,
    content: {
      "application/json": { schema: schemas.body(binding) },
      [PROTO]: { schema: { description: `A ${binding.method.input.typeName} in protobuf binary.` } },
    },
  };
}

function success(schemas: Schemas, binding: Binding): Schema {
  if (binding.status === 204) {
    return { description: "Done. The response has no body." };
  }
  const { method, response } = binding;
  const schema = schemas.response(response);
  const json = { "application/json": { schema } };
  if (hasStreamedResponse(method)) {
    return { description: `${commentOf(method.output)}\n\n${LINES}`, content: { [NDJSON]: { schema } } };
  }
  return {
    description: commentOf(method.output),
    // The answer to a body of lines is always JSON.
    content: hasStreamedRequest(method)
      ? json
      : { ...json, [PROTO]: { schema: { description: `A ${method.output.typeName} in protobuf binary.` } } },
  };
}

function errorResponse(status: number): Schema {
  const codes = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => errorCatalogue[code].http === status);
  const header = (description: string, type: string) => ({ description, required: true, schema: { type } });
  const headers = {
    405: { Allow: header("The HTTP methods that the path allows.", "string") },
    503: { "Retry-After": header("How many seconds to wait before trying again.", "integer") },
  }[status];
  return {
    description: `${STATUS_CODES[status]}: ${codes.join(", ")}.`,
    ...(headers ? { headers } : {}),
    content: {
      "application/json": {
        schema: {
          type: "object",
          required: ["error", "message"],
          properties: {
            error: { type: "string", enum: codes, description: "What went wrong, for programs." },
            message: { type: "string", description: "What is wrong and how to correct it, for people." },
            field: {
              type: "string",
              description:
                "The field of the body, or the parameter, that is to blame, such as `widgets[0].mode`. It is there only " +
                "when one is.",
            },
          },
        },
      },
    },
  };
}

function errorStatuses(): number[] {
  return [...new Set(Object.values(errorCatalogue).map((entry) => entry.http as number))].toSorted((a, b) => a - b);
}

/** The names of a path's variables: the last part, such as `siteKey`, or the whole where two would be the same. */
function variableNames(binding: Binding): string[] {
  const short = variablesOf(binding).map((path) => path.at(-1)?.jsonName ?? "");
  return new Set(short).size === short.length
    ? short
    : variablesOf(binding).map((path) => path.map((field) => field.jsonName).join("."));
}
