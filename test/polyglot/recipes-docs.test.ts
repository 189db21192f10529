import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";
import { isElsewhere, RECIPES } from "./recipes.ts";

const page = join(root, "docs/clients.md");

/** A comment that names a file, and the block of code below it. */
const SHOWN_FILE = /(<!-- (examples\/clients\/\S+) -->\n\n```\w*\n)[\s\S]*?(\n```)/g;

test("docs/clients.md shows the files of the recipes as they are (`npx vitest run recipes-docs -u` updates it)", async () => {
  const text = await readFile(page, "utf8");
  const files = [...text.matchAll(SHOWN_FILE)].map((match) => match[2] as string);
  const contents = new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), "utf8")] as const)),
  );
  const current = text.replace(SHOWN_FILE, (_, before, file, after) => before + contents.get(file)?.trimEnd() + after);
  await expect(current).toMatchFileSnapshot(page);
});

test.for(Object.entries(RECIPES))("docs/clients.md has the recipe for %s", async ([name, recipe], { task }) => {
  const text = await readFile(page, "utf8");
  expect(text).toContain(`\n## ${name}\n`);
  expect(text).toContain(`<!-- examples/clients/${recipe.folder}/build.sh -->`);
  if (isElsewhere(recipe)) {
    task.meta.notRun = `the recipe for ${name}, which needs ${recipe.elsewhere}`;
  }
});
