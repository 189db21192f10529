import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");

// npm puts nothing into a package that lies outside of its folder, and shows its README without the rest of the repository.
test.each(["web", "react"])("the package %s has the licence, and its README links to nothing outside of it", (name) => {
  expect(read(`packages/${name}/LICENSE`)).toBe(read("LICENSE"));
  const links = Array.from(read(`packages/${name}/README.md`).matchAll(/\]\(([^)]+)\)/g), ([, link]) => `${link}`);
  expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
});
