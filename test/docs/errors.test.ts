import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCatalogue } from "#src/error-catalogue.ts";
import { root } from "../support/tools.ts";

test("the table of errors in docs/api.md has every code, with its status over REST and RPC", async () => {
  const page = await readFile(join(root, "docs/api.md"), "utf8");
  const rows = page.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\| `([a-z_]+)` +\|/gm);
  const documented = Array.from(rows, ([, code, http, connect]) => ({ code, http: Number(http), connect }));
  const catalogue = Object.entries(errorCatalogue).map(([code, { http, connect }]) => ({ code, http, connect }));
  const byCode = (one: { code?: string | undefined }, other: { code?: string | undefined }) =>
    `${one.code}`.localeCompare(`${other.code}`);
  expect(documented.sort(byCode)).toEqual(catalogue.sort(byCode));
});
