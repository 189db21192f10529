import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Printable, Schema } from "@bufbuild/protoplugin";
import { type Binding, jsonPath, queryFields, variablesOf } from "./binding.ts";
import { requestValue } from "./decoders.ts";
import { canBeTried, type Model, servicesOf } from "./model.ts";
import { lowerFirst, type Output, printPreamble } from "./output.ts";

/** Prints a service's routes. */
export function printServiceRoutes(output: Output, model: Model, service: DescService): void {
  const { f } = output;
  f.print(`/** The REST routes of ${service.typeName}. */`);
  f.print("export const ", routesName(service), ": readonly ", output.type("Route", "rest/route"), "[] = [");
  for (const binding of model.bindings) {
    if (binding.method.parent === service) {
      printRoute(output, model, binding);
    }
  }
  f.print("];");
  f.print();
}

/** Prints `rest.ts`: the routes of all services. */
export function printAllRoutes(schema: Schema, model: Model): void {
  const f = schema.generateFile("rest.ts");
  printPreamble(f);
  f.print("/** The REST routes of all services. */");
  f.print("export const routes: readonly ", f.import("Route", "#src/rest/route.ts", true), "[] = [");
  for (const service of servicesOf(model)) {
    f.print("  ...", f.import(routesName(service), `./${service.file.name}_rest.js`), ",");
  }
  f.print("];");
}

function printRoute(output: Output, model: Model, binding: Binding): void {
  const { f } = output;
  const { method, responseField } = binding;
  const response = f.importShape(method.output).toTypeOnly();
  const segments = binding.segments.map((segment) => (typeof segment === "string" ? f.string(segment) : "null"));
  f.print("  {");
  f.print("    method: ", f.importSchema(method.parent), `.method.${method.localName},`);
  f.print("    verb: ", f.string(binding.verb), ",");
  f.print("    segments: ", f.array(segments), ",");
  if (binding.action !== undefined) {
    f.print("    action: ", f.string(binding.action), ",");
  }
  f.print(`    status: ${binding.status},`);
  f.print(`    hasBody: ${binding.body !== undefined},`);
  if (binding.body !== undefined && binding.body !== "*") {
    f.print("    bodyField: ", f.string(binding.body.jsonName), ",");
  }
  printDecode(output, model, binding);
  printBind(output, binding);
  if (binding.status === 204) {
    f.print('    encode: () => "",'); // 204 has no body
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
  const query = canBeTried(binding) || queryFields(binding, model.options).length > 0 ? ", query" : "";
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
