import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BOUND_SETTINGS, MAIN_SETTINGS, type Setting } from "#src/config/settings.ts";
import { root } from "../support/tools.ts";

/** The rows of a Markdown table whose first column is the name of a setting, without backticks and padding. */
async function rows(file: string): Promise<string[][]> {
  const lines = (await readFile(join(root, file), "utf8")).split("\n").filter((line) => /^\| `[A-Z0-9_]+` /.test(line));
  return lines.map((line) =>
    line
      .replaceAll("`", "")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function defaultOf(setting: Setting): string {
  if (setting.kind === "text" && setting.default === undefined) {
    return setting.unset === undefined ? "unset" : `unset: ${setting.unset}`;
  }
  return String(setting.default);
}

test("the table of settings has those of the command line, with the same defaults and texts", async () => {
  const names = Object.keys(MAIN_SETTINGS);
  const documented = (await rows("docs/settings.md")).filter(([name = ""]) => names.includes(name));
  const settings = Object.entries<Setting>(MAIN_SETTINGS);
  expect(documented).toEqual(settings.map(([name, setting]) => [name, defaultOf(setting), setting.help]));
});

test("the table of bounds has those of the command line, with the same defaults", async () => {
  const documented = (await rows("docs/operations.md")).map(([name, byDefault]) => [name, byDefault]);
  const bounds = Object.entries(BOUND_SETTINGS).map(([name, setting]) => [name, String(setting.default)]);
  expect(documented.sort()).toEqual(bounds.sort());
});
