import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

/** All files of the checkout, as git sees them, new ones included. */
const files = new Set(git("ls-files", "--cached", "--others", "--exclude-standard"));
const deleted = new Set(git("ls-files", "--deleted"));
const pages = [...files].filter(
  (file) => file.endsWith(".md") && !deleted.has(file) && !file.startsWith("third_party/"),
);

function git(...args: readonly string[]): readonly string[] {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim().split("\n");
}

/** The text of a page without its blocks of code, in which nothing is a link or a heading. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), "utf8").replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
}

/** The names that GitHub gives the headings of a page; a heading that comes again gets a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let again = 0;
    while (anchors.has(again === 0 ? name : `${name}-${again}`)) {
      again++;
    }
    anchors.add(again === 0 ? name : `${name}-${again}`);
  }
  return anchors;
}

function exists(path: string): boolean {
  const folder = path.endsWith("/") ? path : `${path}/`;
  return (files.has(path) && !deleted.has(path)) || path === "." || [...files].some((file) => file.startsWith(folder));
}

/** The links of a page that lead nowhere in this repository. */
function brokenLinks(page: string): string[] {
  const links = Array.from(proseOf(page).matchAll(/\]\(([^()\s]+)\)/g), ([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) {
      return false;
    }
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    return !exists(target) || (anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).has(anchor));
  });
}

test.each(pages)("each link of %s leads to a file that is there, and to a heading of it", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test("each test that docs/promises.md names is there", () => {
  const commands = readFileSync(join(root, "docs/promises.md"), "utf8").matchAll(/^npx vitest run (.+)$/gm);
  const named = Array.from(commands, ([, paths = ""]) => paths.split(" ")).flat();
  expect(named.length).toBeGreaterThan(10);
  const missing = named.filter(
    (name) => ![...files].some((file) => file.startsWith(name) && file.endsWith(".test.ts")),
  );
  expect(missing).toEqual([]);
});
