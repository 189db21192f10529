import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../support/tools.ts";

/** What a page may have to load for the SDK, compressed by gzip, in bytes. */
const MAX_BYTES = 3 * 1024;

test("the SDK weighs at most 3 kB", async () => {
  const { size } = await stat(join(root, "packages/web/dist/index.js.gz"));
  expect(size).toBeLessThanOrEqual(MAX_BYTES);
});
