import type { DescMethod } from "@bufbuild/protobuf";
import type { Printable, Schema } from "@bufbuild/protoplugin";
import { type Model, servicesOf } from "./model.ts";
import { Output, printPreamble } from "./output.ts";

/** Prints `contracts.ts`: what the contract says about every method of every service. */
export function printContracts(schema: Schema, model: Model): void {
  const f = schema.generateFile("contracts.ts");
  printPreamble(f);
  f.print("/** What the contract says about each method of all services. */");
  f.print("export const contracts: readonly ", f.import("MethodContract", "#src/call/contract.ts", true), "[] = [");
  const output = new Output(f, undefined, model);
  for (const service of servicesOf(model)) {
    for (const method of service.methods) {
      const { maxMessageBytes, hasDefaultDeadline } = model.options.limits(method);
      f.print("  {");
      f.print("    method: ", f.importSchema(service), `.method.${method.localName},`);
      f.print("    access: ", accessOf(output, model, method), ",");
      f.print(`    maxMessageBytes: ${maxMessageBytes},`);
      f.print(`    hasDefaultDeadline: ${hasDefaultDeadline},`);
      printSiteKeyOf(output, model, method);
      f.print("    check: ", output.fn("check", method.input), ",");
      f.print("  },");
    }
  }
  f.print("];");
}

function accessOf({ f }: Output, model: Model, method: DescMethod): Printable {
  const access = model.options.access(method);
  return typeof access === "string"
    ? f.string(access)
    : [
        "{ scope: ",
        f.string(access.scope),
        `, allProjects: ${access.allProjects}${access.byHandler ? ", byHandler: true" : ""} }`,
      ];
}

function printSiteKeyOf({ f }: Output, model: Model, method: DescMethod): void {
  const path = model.options.siteKey(method);
  if (path !== undefined) {
    const names = path.map(({ localName }) => localName);
    const otherwise = names.length > 1 ? ' ?? ""' : "";
    f.print("    siteKeyOf: (message: ", f.importShape(method.input), `) => message.${names.join("?.")}${otherwise},`);
  }
}
