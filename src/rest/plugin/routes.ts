import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Printable, Schema } from "@bufbuild/protoplugin";
import { type Binding, jsonPath, queryFields, variablesOf } from "./binding.ts";
import { requestValue } from "./decoders.ts";
import { type Model, servicesOf } from "./model.ts";
import { Output } from "./output.ts";

/** Prints a service's routes and its table of checks. */
export function printService(output: Output, model: Model, service: DescService): void {
  const { f } = output;
  f.print(`/** The checks of ${service.typeName}'s requests, for withChecks. */`);
  f.print("export const ", checksName(service), " = {");
  for (const method of service.methods) {
    f.print(
      `  ${method.localName}: (message: `,
      shapeOf(output, method),
      ") => ",
      output.fn("check", method.input),
      "(message),",
    );
  }
  f.print("} satisfies ", output.type("Checks", "check"), ";");
  f.print();
  f.print(`/** The REST routes of ${service.typeName}. */`);
  f.print("export const ", routesName(service), ": readonly ", output.type("Route", "route"), "[] = [");
  for (const binding of model.bindings) {
    if (binding.method.parent === service) {
      printRoute(output, model, binding);
    }
  }
  f.print("];");
  f.print();
}

/** Prints `rest.ts`: every route and every table of checks there is. */
export function printRoutes(schema: Schema, model: Model): void {
  const f = schema.generateFile("rest.ts");
  const services = servicesOf(model);
  const from = (name: string, service: DescService) => f.import(name, `./${service.file.name}_rest.js`);
  const first = services[0];
  if (first === undefined) {
    return;
  }
  f.preamble(first.file);
  f.print("/** The REST routes of all services. */");
  f.print("export const routes: readonly ", new Output(f, first.file, model).type("Route", "route"), "[] = [");
  for (const service of services) {
    f.print("  ...", from(routesName(service), service), ",");
  }
  f.print("];");
  f.print();
  f.print("/** The checks of all services' requests, by the service's full name and the method. */");
  f.print("export const checks = {");
  for (const service of services) {
    f.print("  ", f.string(service.typeName), ": ", from(checksName(service), service), ",");
  }
  f.print("};");
}

function printRoute(output: Output, model: Model, binding: Binding): void {
  const { f } = output;
  const { method, responseField } = binding;
  const response = f.importShape(method.output).toTypeOnly();
  const segments = binding.segments.map((segment) => (typeof segment === "string" ? f.string(segment) : "null"));
  f.print("  {");
  f.print("    method: ", f.string(binding.verb), ",");
  f.print("    segments: ", f.array(segments), ",");
  f.print(`    status: ${binding.status},`);
  f.print(`    admin: ${binding.admin},`);
  f.print("    service: ", f.string(method.parent.typeName), ",");
  f.print("    call: ", f.string(method.localName), ",");
  f.print("    input: ", f.importSchema(method.input), ",");
  f.print("    output: ", f.importSchema(method.output), ",");
  f.print(`    hasBody: ${binding.body !== undefined},`);
  printDecode(output, model, binding);
  printBind(output, binding);
  if (binding.status === 204) {
    f.print("    encode: () => undefined,"); // 204 has no body
  } else if (responseField === undefined) {
    f.print("    encode: ", output.fn("encode", method.output), ",");
  } else {
    const create = f.import("create", "@bufbuild/protobuf");
    const value = `message.${responseField.localName}`;
    f.print(
      ...["    encode: (message: ", response, ") => ", output.fn("encode", responseField.message)],
      ...[`(${value} ?? `, create, "(", f.importSchema(responseField.message), ")),"],
    );
  }
  f.print("  },");
}

function printDecode(output: Output, model: Model, binding: Binding): void {
  const { f } = output;
  const value = requestValue(output, model, binding);
  const body = binding.body === undefined ? "_body" : "body";
  const query = queryFields(binding, model.options).length > 0 ? ", query" : "";
  const literal = binding.body === "*" ? value : ["(", ...value, ")"];
  f.print(`    decode: (${body}${query}): `, shapeOf(output, binding.method), " => ", ...literal, ",");
}

function printBind(output: Output, binding: Binding): void {
  const { f } = output;
  const variables = variablesOf(binding);
  if (variables.length === 0) {
    return;
  }
  f.print("    bind(message: ", shapeOf(output, binding.method), ", variables) {");
  const made = new Set<string>();
  variables.forEach((path, index) => {
    let target = "message";
    for (const field of path.slice(0, -1)) {
      target += `.${field.localName}`;
      if (field.message && !made.has(target)) {
        made.add(target);
        f.print(
          `      ${target} ??= `,
          f.import("create", "@bufbuild/protobuf"),
          "(",
          f.importSchema(field.message),
          ");",
        );
      }
    }
    target += `.${path.at(-1)?.localName}`;
    const at: Printable = f.string(jsonPath(path));
    f.print(`      ${target} = `, output.runtime("bindVariable"), `(${target}, variables[${index}], `, at, ");");
  });
  f.print("    },");
}

function shapeOf(output: Output, method: DescMethod): Printable {
  return output.f.importShape(method.input).toTypeOnly();
}

function routesName(service: DescService): string {
  return `${lowerFirst(service.name)}Routes`;
}

function checksName(service: DescService): string {
  return `${lowerFirst(service.name)}Checks`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
