import type { DescFile } from "@bufbuild/protobuf";
import type { Model } from "./model.ts";
import { type Output, spellingName } from "./output.ts";

/** Prints how REST spells the enums of a file that are in requests or responses. */
export function printSpellings(output: Output, model: Model, file: DescFile): void {
  const { f } = output;
  for (const desc of model.enums) {
    if (desc.file !== file) {
      continue;
    }
    const shape = f.importShape(desc);
    f.print(`/** How REST spells ${desc.typeName}. */`);
    f.print(
      ...["export const ", spellingName(shape.name), ": ", output.type("Spelling", "rest/spelling")],
      ...["<", shape.toTypeOnly(), "> = ", output.runtime("spelling"), "(["],
    );
    for (const value of desc.values) {
      const text = model.options.spelling(value);
      f.print("  [", value.number, ...(text === "" ? [] : [", ", f.string(text)]), "],");
    }
    f.print("]);");
    f.print();
  }
}
