import { createEcmaScriptPlugin, type Schema } from "@bufbuild/protoplugin";
import { printChecks } from "./checks.ts";
import { printContracts } from "./contracts.ts";
import { printDecoders } from "./decoders.ts";
import { printEncoders } from "./encoders.ts";
import { createModel, type Model, servicesOf } from "./model.ts";
import { openApi } from "./openapi.ts";
import { Output } from "./output.ts";
import { printAllRoutes, printServiceRoutes } from "./routes.ts";
import { printSpellings } from "./spellings.ts";

/**
 * The protoc plugin of the REST bridge. Beside the messages that protoc-gen-es makes of `a/b.proto`, it writes
 * `a/b_rest.ts` with their checks, decoders, encoders and routes. From all files together it writes `contracts.ts` with
 * what the contract says about each method, `rest.ts` with all routes, and `openapi.json`. buf must run it over all
 * files at once (`strategy: all`), or these three are incomplete.
 */
export const plugin = createEcmaScriptPlugin({ name: "streakd's REST plugin", version: "v1", generateTs: generate });

function generate(schema: Schema): void {
  const model = createModel(schema);
  for (const file of model.files) {
    const f = schema.generateFile(`${file.name}_rest.ts`);
    f.preamble(file);
    const output = new Output(f, file, model);
    printSpellings(output, model, file);
    printChecks(output, model, file);
    printDecoders(output, model, file);
    printEncoders(output, model, file);
    for (const service of file.services) {
      printServiceRoutes(output, model, service);
    }
  }
  if (servicesOf(model).length > 0) {
    printContracts(schema, model);
    printAllRoutes(schema, model);
    printOpenApi(schema, model);
  }
}

function printOpenApi(schema: Schema, model: Model): void {
  schema.generateFile("openapi.json").print(JSON.stringify(openApi(model), null, 2));
}
