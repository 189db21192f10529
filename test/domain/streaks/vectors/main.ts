import { mkdirSync, writeFileSync } from "node:fs";
import { examples as corrections } from "../../correction/examples.ts";
import { vectorOf as correctionOf } from "../../correction/vector.ts";
import { examples as dayStarts } from "../../day-start/examples.ts";
import { vectorOf } from "../../day-start/vector.ts";
import { examples as rules } from "./examples.ts";
import { textOf } from "./text.ts";
import { resultOf } from "./vector.ts";

// `npm run vectors`: writes the examples and what the oracles make of them.

write(
  "rules",
  rules.map((given) => ({ ...given, ...resultOf(given) })),
);
write("day-start", dayStarts.map(vectorOf));
write("zones", corrections.map(correctionOf));

function write(name: string, examples: readonly object[]): void {
  const folder = new URL("../../../vectors/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${textOf({ examples })}\n`);
  console.log(`${name}.json: ${examples.length} examples`);
}
