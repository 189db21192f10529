import { globSync, readFileSync } from "node:fs";
import { check } from "./check.ts";
import { rules } from "./rules.ts";

// `npm run walls`, from the root of the repository: refuses imports that no rule allows, and circles of imports.

const files = globSync("{src,gen,tools,bench,test,packages}/**/*.{ts,tsx}", {
  exclude: ["**/node_modules", "**/dist"],
});
const problems = check(new Map(files.map((file) => [file, readFileSync(file, "utf8")])), rules);
for (const problem of problems) {
  console.error(problem);
}
if (problems.length > 0) {
  process.exitCode = 1;
}
