import { dirname } from "node:path/posix";
import { circles, type Graph } from "./circles.ts";
import { type Import, importsOf } from "./imports.ts";
import { type Allowed, allows, matches, type Rule } from "./rule.ts";

/**
 * Checks the imports of TypeScript files against the rules. Returns a line for each thing that is wrong, none when all is right:
 * - an import that no rule allows, and a file in a folder that no rule names
 * - a circle of files, or of the folders below `src/`, through values or types
 * - a rule, or a part of it, that no import needs any more.
 *
 * @param files source texts by their paths from the root of the repository
 */
export function check(files: ReadonlyMap<string, string>, rules: readonly Rule[]): string[] {
  const imports = Array.from(files, ([file, source]) => importsOf(file, source)).flat();
  return [...refused(imports, rules), ...circular(imports), ...unneeded(files, imports, rules)];
}

function refused(imports: readonly Import[], rules: readonly Rule[]): string[] {
  return imports.flatMap((imported) => {
    const own = rules.filter((rule) => matches(imported.file, rule.files));
    const isAllowed = own.some(({ mayImport }) => mayImport.some((allowed) => allows(allowed, imported)));
    if (isAllowed || (own.length > 0 && !leavesFolder(imported))) {
      return [];
    }
    const why =
      own.length === 0
        ? `no rule names ${dirname(imported.file)}, so its files may import nothing`
        : `no rule for ${own.map(({ files }) => files).join(" or ")} allows it. ${own[0]?.reason}`;
    return [`${describe(imported)}: ${why}`];
  });
}

function circular(imports: readonly Import[]): string[] {
  const betweenFolders = imports.filter((imported) => isWithinSource(imported) && leavesFolder(imported));
  return [...circlesOf(imports, "files", (file) => file), ...circlesOf(betweenFolders, "folders", folderOf)];
}

function circlesOf(imports: readonly Import[], nodes: string, nodeOf: (file: string) => string): string[] {
  return circles(graphOf(imports, nodeOf)).map((circle) => {
    const steps = circle.map((from, i) => {
      const to = circle[(i + 1) % circle.length];
      return imports.find(({ file, target }) => nodeOf(file) === from && nodeOf(target) === to) as Import;
    });
    return `A circle of ${nodes}: ${steps.map(describe).join(", ")}`;
  });
}

function unneeded(files: ReadonlyMap<string, string>, imports: readonly Import[], rules: readonly Rule[]): string[] {
  return rules.flatMap((rule) => {
    if (!files.keys().some((file) => matches(file, rule.files))) {
      return [`The rule for ${rule.files} is for no file: remove it`];
    }
    const own = imports.filter(({ file }) => matches(file, rule.files)).filter(leavesFolder);
    return rule.mayImport
      .filter((allowed) => !own.some((imported) => allows(allowed, imported)))
      .map((allowed) => `No file of ${rule.files} imports ${describeAllowed(allowed)}: remove it from the rule`);
  });
}

function describe({ file, line, target, isTypeOnly }: Import): string {
  return `${file}:${line} imports ${isTypeOnly ? "types of " : ""}${target}`;
}

function describeAllowed({ target, isTypesOnly, names }: Allowed): string {
  return `${isTypesOnly ? "types of " : ""}${names ? `${names.join(", ")} of ` : ""}${target}`;
}

/** Within a folder, files may import each other. */
function leavesFolder({ file, target }: Import): boolean {
  return dirname(file) !== dirname(target) || dirname(file) === "src";
}

function isWithinSource({ file, target }: Import): boolean {
  return file.startsWith("src/") && target.startsWith("src/");
}

/** The folder of a file. Those that lie at the top of `src/` have little in common: each counts as a folder of its own. */
function folderOf(file: string): string {
  return dirname(file) === "src" ? file : dirname(file);
}

function graphOf(imports: readonly Import[], nodeOf: (file: string) => string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    const from = nodeOf(file);
    graph.set(from, (graph.get(from) ?? new Set()).add(nodeOf(target)));
  }
  return graph;
}
