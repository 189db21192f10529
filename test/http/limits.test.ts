import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { BOUNDS } from "#src/http/limits.ts";

const operations = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

describe.each(Object.entries(BOUNDS))("the bound %s", (name, { setting, default: value, min, max }) => {
  test("is told to operators, with its default", () => {
    const [row] = operations.split("\n").filter((line) => line.startsWith(`| \`${setting}\``));
    expect(row?.split("|")[2]?.trim()).toBe(`\`${value}\``);
  });

  test("has a value that its setting can change", () => {
    expect(readConfig({}).limits).toMatchObject({ [name]: value });
    expect(readConfig({ [setting]: `${max}` }).limits).toMatchObject({ [name]: max });
    expect(() => readConfig({ [setting]: `${min - 1}` })).toThrow(setting);
    expect(() => readConfig({ [setting]: `${max + 1}` })).toThrow(setting);
  });
});
