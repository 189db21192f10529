import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

const page = join(root, "docs/browser.md");

/** A comment that names a file, and the block of code below it. */
const SHOWN_FILE = /(<!-- (examples\/browser\/\S+) -->\n\n```\w*\n)[\s\S]*?(```)/g;

/** A file that the server serves, and what it weighs with Brotli, with gzip, and as it is. */
const WEIGHT = /^(\| `\/(widget|sdk)\.js` +)\| ([\d.]+) kB +\| ([\d.]+) kB +\| ([\d.]+) kB +\|$/gm;
const BUILT = { widget: "packages/widget/dist/widget.js", sdk: "packages/web/dist/index.js" } as const;
/** Platforms compress a little differently, in bytes. */
const TOLERANCE = 200;

/** The sizes as the page has them where they are right, and else as they are. */
function weigh(file: keyof typeof BUILT, documented: readonly string[]): readonly string[] {
  return [".br", ".gz", ""].map((suffix, index) => {
    const bytes = statSync(join(root, BUILT[file] + suffix)).size;
    const kept = documented[index] ?? "";
    return Math.abs(Number(kept) * 1000 - bytes) <= TOLERANCE ? kept : (bytes / 1000).toFixed(1);
  });
}

test("docs/browser.md shows the examples and the weights as they are (`npx vitest run test/docs/browser -u` updates it)", async () => {
  const text = readFileSync(page, "utf8");
  expect([...text.matchAll(WEIGHT)]).toHaveLength(2);
  const current = text
    .replace(SHOWN_FILE, (_, before, file, after) => before + readFileSync(join(root, file), "utf8") + after)
    .replace(WEIGHT, (_, before, file, ...sizes) => `${before}| ${weigh(file, sizes.slice(0, 3)).join(" kB | ")} kB |`);
  const squeeze = (table: string) => table.replaceAll(/ +\|/g, " |");
  if (squeeze(current) !== squeeze(text)) {
    await expect(current).toMatchFileSnapshot(page);
  }
});

test.each(["docs/browser.md", "examples/browser/README.md"])("%s names every example", (file) => {
  const text = readFileSync(join(root, file), "utf8");
  const folders = readdirSync(join(root, "examples/browser"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.length).toBeGreaterThan(3);
  expect(folders.filter((name) => !new RegExp(`\\]\\((\\.\\./examples/browser/)?${name}\\)`).test(text))).toEqual([]);
});
