import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { create, fromBinary } from "@bufbuild/protobuf";
import { CodeGeneratorRequestSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { plugin } from "../../../tools/generator/plugin.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** What a proto file may import. */
const IMPORTS = ["google/api/annotations.proto", "google/api/http.proto", "streak/options/v1/options.proto"];

/**
 * Compiles proto files, by name without `.proto`. The result runs the plugin on one of them, and returns the text of
 * each generated file by its name. All are compiled at once, because most of the time goes into starting the compiler.
 */
export async function compile(protos: ReadonlyMap<string, string>): Promise<(name: string) => Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-protos-"));
  try {
    for (const path of IMPORTS) {
      await cp(join(ROOT, "proto", path), join(folder, path));
    }
    for (const [name, text] of protos) {
      await writeFile(join(folder, `${name}.proto`), text);
    }
    const image = join(folder, "image.binpb");
    await promisify(execFile)(join(ROOT, "node_modules/.bin/buf"), ["build", folder, "-o", image]);
    const { file } = fromBinary(FileDescriptorSetSchema, await readFile(image));
    return (name) => {
      const fileToGenerate = [`${name}.proto`];
      const request = create(CodeGeneratorRequestSchema, { fileToGenerate, parameter: "target=ts", protoFile: file });
      return new Map(plugin.run(request).file.map((generated) => [generated.name, generated.content]));
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
