import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

/** The main sections of docs/rules.md, and the one below a main section that has code of its own. */
const sections = Array.from(read("rules.md").matchAll(/^(?:## |### (?=Correcting a zone))(.+)$/gm), ([, name]) => name);

/** The rows of docs/architecture.md that name the files of a section. */
const rows = Array.from(
  read("architecture.md").matchAll(/^\| \[([^\]]+)\]\(rules\.md#\S+\) +\| (.+) \|$/gm),
  ([, section, files = ""]) => ({ section, files: Array.from(files.matchAll(/`([^`]+)`/g), ([, file = ""]) => file) }),
);

function read(page: string): string {
  return readFileSync(join(root, "docs", page), "utf8");
}

test("each section of docs/rules.md has a row in docs/architecture.md, in the order of the page", () => {
  expect(sections).toContain("Every day");
  expect(rows.map(({ section }) => section)).toEqual(sections);
});

test.each(rows)("the files that docs/architecture.md names for “$section” are there", ({ files }) => {
  const paths = files.map((file) => (/^(src|test)\//.test(file) ? file : join("src/domain", file)));
  expect(paths).not.toEqual([]);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
