import { describe, expect, test } from "vitest";
import { check } from "../../../tools/walls/check.ts";
import { all, only, type Rule, types } from "../../../tools/walls/rule.ts";

describe("an import", () => {
  const rules: Rule[] = [
    {
      files: "src/a/*",
      reason: "A knows b.",
      mayImport: [...all("src/b/*"), ...types("src/c/*"), ...only(["x"], "x")],
    },
    { files: "src/a/one.ts", reason: "One knows d.", mayImport: all("src/d/*") },
  ];

  test.each([
    ["another file of its folder", 'import "./two.ts"'],
    ["what its rule allows", 'import { b } from "../b/b.ts"'],
    ["types where its rule allows types", 'import type { C } from "../c/c.ts"'],
    ["types one by one where its rule allows types", 'import { type C, type D } from "../c/c.ts"'],
    ["a name that its rule allows", 'import { x as y } from "x"'],
    ["what another rule for the file allows", 'import "../d/d.ts"'],
    ["a type in place", 'type C = import("../c/c.ts").C'],
    ["exported types where its rule allows types", 'export type { C } from "../c/c.ts"'],
  ])("may be of %s", (_, line) => {
    expect(refused("src/a/one.ts", line, rules)).toEqual([]);
  });

  test.each([
    ["what no rule allows", 'import "../e/e.ts"'],
    ["a folder below an allowed one", 'import "../b/below/b.ts"'],
    ["a value where its rule allows types", 'import { c } from "../c/c.ts"'],
    ["a value beside types", 'import { type C, c } from "../c/c.ts"'],
    ["a module for its effects where its rule allows types", 'import "../c/c.ts"'],
    ["exported values where its rule allows types", 'export { c } from "../c/c.ts"'],
    ["a name beside the one that its rule allows", 'import { x, z } from "x"'],
    ["all names where its rule allows one", 'import * as x from "x"'],
    ["the default where its rule allows a name", 'import x from "x"'],
    ["a part of a package whose rule names the package", 'import { x } from "x/part"'],
    ["a module whose name is computed", "await import(name)"],
    ["a module by import and require", 'import e = require("../e/e.ts")'],
  ])("may not be of %s", (_, line) => {
    expect(refused("src/a/one.ts", line, rules)).toHaveLength(1);
  });

  test("is refused with its line, what it imports, the rules that could allow it, and their reason", () => {
    expect(refused("src/a/one.ts", '// a comment\n\nimport type { E } from "../e/e.ts"', rules)).toEqual([
      "src/a/one.ts:3 imports types of src/e/e.ts: no rule for src/a/* or src/a/one.ts allows it. A knows b.",
    ]);
  });

  test("of a file with a syntax error fails", () => {
    expect(() => refused("src/a/one.ts", "import {", rules)).toThrow("src/a/one.ts");
  });

  function refused(file: string, source: string, rules: Rule[]): string[] {
    return check(new Map([[file, source]]), rules).filter((problem) => problem.startsWith(file));
  }
});

describe("a circle", () => {
  const rules: Rule[] = [{ files: "{src,gen,test}/**", reason: "Everything.", mayImport: all("{src,gen,test}/**") }];

  test.each([
    ["of values", ['import "./b.ts"', 'import "./a.ts"']],
    ["of types", ['import type { B } from "./b.ts"', 'import type { A } from "./a.ts"']],
    ["of a value and a type", ['import { b } from "./b.ts"', 'import type { A } from "./a.ts"']],
    ["of a type in place", ['let b: import("./b.ts").B', 'import type { A } from "./a.ts"']],
    ["of dynamic imports", ['await import("./b.ts")', 'import "./a.ts"']],
    ["of exports", ['export * from "./b.ts"', 'export type { A } from "./a.ts"']],
    ["through three files", ['import "./b.ts"', 'import type { C } from "./c.ts"', 'import "./a.ts"']],
    ["of a file with itself", ['import type { A } from "./a.ts"']],
  ])("%s is refused", (_, sources) => {
    const files = sources.map((source, i) => [`src/x/${"abc"[i]}.ts`, source] as const);
    expect(circles(files)).toEqual([expect.stringMatching(/^A circle of files: src\/x\/a\.ts:1 imports /)]);
  });

  test("is told by its steps, with their lines", () => {
    const files = [
      ["src/x/a.ts", '\nimport type { B } from "./b.ts"'],
      ["src/x/b.ts", 'import "./a.ts"'],
    ] as const;
    expect(circles(files)).toEqual([
      "A circle of files: src/x/a.ts:2 imports types of src/x/b.ts, src/x/b.ts:1 imports src/x/a.ts",
    ]);
  });

  test("of folders is refused, where its files have none", () => {
    const files = [
      ["src/x/a.ts", 'import "../y/b.ts"'],
      ["src/y/b.ts", ""],
      ["src/y/c.ts", 'import type { D } from "../x/d.ts"'],
      ["src/x/d.ts", ""],
    ] as const;
    expect(circles(files)).toEqual([
      "A circle of folders: src/x/a.ts:1 imports src/y/b.ts, src/y/c.ts:1 imports types of src/x/d.ts",
    ]);
  });

  test("is not made by files at the top of src/, which are no folder together", () => {
    const files = [
      ["src/app.ts", 'import "./x/a.ts"'],
      ["src/x/a.ts", 'import "../errors.ts"'],
      ["src/errors.ts", ""],
    ] as const;
    expect(circles(files)).toEqual([]);
  });

  test("is not made by two ways to the same file", () => {
    const files = [
      ["src/x/a.ts", 'import "./b.ts"; import "./c.ts"'],
      ["src/x/b.ts", 'import "./d.ts"'],
      ["src/x/c.ts", 'import "./d.ts"'],
      ["src/x/d.ts", ""],
    ] as const;
    expect(circles(files)).toEqual([]);
  });

  test("is found behind files that are in none", () => {
    const files = [
      ["src/x/a.ts", 'import "./b.ts"'],
      ["src/x/b.ts", 'import "./c.ts"'],
      ["src/x/c.ts", 'import "./b.ts"'],
    ] as const;
    expect(circles(files)).toEqual([
      "A circle of files: src/x/b.ts:1 imports src/x/c.ts, src/x/c.ts:1 imports src/x/b.ts",
    ]);
  });

  function circles(files: readonly (readonly [string, string])[]): string[] {
    return check(new Map(files), rules).filter((problem) => problem.startsWith("A circle"));
  }
});

describe("a rule", () => {
  test("that is for no file is refused", () => {
    const rules: Rule[] = [{ files: "src/a/*", reason: "", mayImport: [] }];
    expect(check(new Map(), rules)).toEqual(["The rule for src/a/* is for no file: remove it"]);
  });

  test("that allows what no file imports is refused", () => {
    const mayImport = [...all("x", "y"), ...types("z"), ...only(["name"], "w")];
    const source = 'import "x"; import { z } from "z"; import { other } from "w"';
    expect(check(new Map([["src/a/a.ts", source]]), [{ files: "src/a/*", reason: "A.", mayImport }])).toEqual([
      "src/a/a.ts:1 imports z: no rule for src/a/* allows it. A.",
      "src/a/a.ts:1 imports w: no rule for src/a/* allows it. A.",
      "No file of src/a/* imports y: remove it from the rule",
      "No file of src/a/* imports types of z: remove it from the rule",
      "No file of src/a/* imports name of w: remove it from the rule",
    ]);
  });
});
