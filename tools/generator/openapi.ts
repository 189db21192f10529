import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Access } from "../../src/call/contract.ts";
import { ADMIN_TOKEN_HEADER, USER_TOKEN_HEADER } from "../../src/call/principal.ts";
import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from "../../src/call/session-cookie.ts";
import {
  type Binding,
  hasStreamedRequest,
  hasStreamedResponse,
  pathText,
  queryFields,
  variablesOf,
} from "./binding.ts";
import { commentOf } from "./comments.ts";
import { errorComponents, errorResponses, errorSchemas } from "./error-schemas.ts";
import { exampleOfBody } from "./examples.ts";
import { type Model, servicesOf } from "./model.ts";
import { type Schema, Schemas } from "./schemas.ts";

const JSON_TYPE = "application/json";
const NDJSON = "application/x-ndjson";

const DESCRIPTION = `The REST API of streakd, a self-hosted streak service.

Bodies and answers are JSON. Every operation also reads and writes protobuf binary (\`application/proto\`), in the
messages of streakd's \`.proto\` files; this document describes the JSON alone. Where there is a GET, there is a HEAD.

Every error is an \`Error\`. Each operation lists the statuses that it can answer. What is no call of an operation is
answered with others: 404 where there is nothing at a path, 405 where the path has other HTTP methods, which \`Allow\`
lists, and 417 for an \`Expect\` header other than \`100-continue\`. Proxies may have statuses of their own.`;

/** What the document says about a streamed response. OpenAPI 3.1 has no schema for a line, so this is prose. */
const LINES =
  "Any number of lines. Each line is JSON that matches the schema. When the call fails after the response has begun, " +
  'the last line is `{"error":…,"message":…}`, which is the body of an error response.';

/**
 * The OpenAPI 3.1 document of all REST routes. Throws when two methods or two schemas would have the same name, and when
 * a method, with a route or without, does not say which errors it has.
 */
export function openApi(model: Model): Schema {
  refuseSameNames(model);
  for (const method of servicesOf(model).flatMap((service) => service.methods)) {
    model.options.errors(method);
  }
  const schemas = new Schemas(model);
  const paths = pathItems(model, schemas);
  const components = schemas.components(errorSchemas);
  addExamples(paths, components);
  return {
    openapi: "3.1.0",
    info: {
      title: "streakd",
      version: "1",
      summary: "Record what users did, and read for how many days in a row they have done it.",
      description: DESCRIPTION.replaceAll(/(?<!\n)\n(?!\n)/g, " "),
      contact: { name: "The operator of this server" },
      license: { name: "Apache License 2.0", identifier: "Apache-2.0" },
    },
    externalDocs: { url: "/", description: "What this server is, and where to go on." },
    servers: [{ url: "/", description: "The server that this document comes from." }],
    tags: services(model).map((service) => ({ name: service.name, description: commentOf(service) })),
    paths,
    components: {
      schemas: components,
      responses: errorComponents(),
      securitySchemes: {
        AdminToken: {
          type: "apiKey",
          in: "header",
          name: ADMIN_TOKEN_HEADER,
          description: "The server's admin token, which has every scope, or a token that has the scope.",
        },
        BearerToken: {
          type: "http",
          scheme: "bearer",
          description: "The same token, as `Authorization: Bearer`.",
        },
        SessionCookie: {
          type: "apiKey",
          in: "cookie",
          name: SESSION_COOKIE,
          description: `The cookie of a sign-in session, which only pages of this server may use. Over TLS it is called \`${SECURE_SESSION_COOKIE}\`.`,
        },
      },
    },
  };
}

/** The services, first those that have methods for anyone: apps and pages call them, and most readers look for them. */
function services(model: Model): DescService[] {
  const isForAnyone = (service: DescService) =>
    service.methods.some((method) => model.options.access(method) === "anyone");
  return servicesOf(model).toSorted((a, b) => Number(isForAnyone(b)) - Number(isForAnyone(a)));
}

/** Adds to each body an example, which needs the schemas of all. Lines have none: they are no value of a media type. */
function addExamples(paths: Schema, components: Readonly<Record<string, Schema>>): void {
  for (const item of Object.values(paths) as Record<string, Operation>[]) {
    for (const { requestBody } of Object.values(item)) {
      const content = requestBody?.content[JSON_TYPE];
      if (content !== undefined) {
        content.example = exampleOfBody(content.schema, components);
      }
    }
  }
}

/** What {@link addExamples} reads of an operation. */
interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema; example?: unknown }> };
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
    const shape = pathText(binding, []);
    let item = items.get(shape);
    if (item === undefined) {
      const names = variableNames(binding);
      item = { path: pathText(binding, names), names, operations: {} };
      items.set(shape, item);
    }
    item.operations[binding.verb.toLowerCase()] = operation(model, schemas, binding, item.names);
  }
  return Object.fromEntries([...items.values()].map(({ path, operations }) => [path, operations]));
}

function operation(model: Model, schemas: Schemas, binding: Binding, names: readonly string[]): Schema {
  const { method } = binding;
  const access = model.options.access(method);
  const [summary = "", ...described] = commentOf(method).split("\n\n");
  const needsScope = typeof access !== "string";
  const rest = needsScope ? [...described, scopeNeeded(access)] : described;
  const hasBody = binding.body !== undefined;
  const parameters = [
    ...variablesOf(binding).map((path, index) => schemas.pathParameter(path, names[index] ?? "", binding)),
    ...queryFields(binding, model.options).map((parameter) => schemas.queryParameter(parameter, binding)),
    ...userTokenParameters(model, method),
  ];
  return {
    operationId: method.localName + (binding.index > 0 ? binding.index + 1 : ""),
    tags: [method.parent.name],
    summary: summary.replace(/\.$/, ""),
    ...(rest.length > 0 ? { description: rest.join("\n\n") } : {}),
    security: securityOf(access),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody ? { requestBody: requestBody(model, schemas, binding) } : {}),
    responses: {
      [binding.status]: success(schemas, binding),
      ...errorResponses({ hasBody, needsScope, own: model.options.errors(method) }),
    },
  };
}

/** What a caller must send. A sign-in session may be missing: the method says what that means. */
function securityOf(access: Access): Schema[] {
  switch (access) {
    case "anyone":
      return [];
    case "own session":
      return [{}, { SessionCookie: [] }];
    default:
      return [{ AdminToken: [access.scope] }, { BearerToken: [access.scope] }];
  }
}

/** What a caller must have. `security` has it too, but few readers of the document show the scopes of a header. */
function scopeNeeded({ scope, allProjects }: Exclude<Access, string>): string {
  return `Needs a token with the scope \`${scope}\`${allProjects ? ", for all projects" : ""}.`;
}

/**
 * The parameter of a user token, for a method that a project may ask it for. It is no security scheme: generators would
 * have every caller bring a token.
 */
function userTokenParameters({ options }: Model, method: DescMethod): Schema[] {
  if (!options.errors(method).includes("USER_TOKEN_REQUIRED")) {
    return [];
  }
  const description =
    "A JWT that the project's server has signed for the user, if the project's `signedUsers` asks for one.";
  return [{ name: USER_TOKEN_HEADER, in: "header", required: false, description, schema: { type: "string" } }];
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
    content: { [JSON_TYPE]: { schema: schemas.body(binding) } },
  };
}

function success(schemas: Schemas, binding: Binding): Schema {
  if (binding.status === 204) {
    return { description: "Done. The response has no body." };
  }
  const { method, response } = binding;
  const schema = schemas.response(response);
  const description = commentOf(method.output);
  return hasStreamedResponse(method)
    ? { description: `${description}\n\n${LINES}`, content: { [NDJSON]: { schema } } }
    : { description, content: { [JSON_TYPE]: { schema } } };
}

/** The names of a path's variables: the last part, such as `siteKey`, or the whole where two would be the same. */
function variableNames(binding: Binding): string[] {
  const short = variablesOf(binding).map((path) => path.at(-1)?.jsonName ?? "");
  return new Set(short).size === short.length
    ? short
    : variablesOf(binding).map((path) => path.map((field) => field.jsonName).join("."));
}
