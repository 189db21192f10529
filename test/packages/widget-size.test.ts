import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

/** What a page may have to load for the widget, compressed by gzip, in bytes. */
const MAX_BYTES = 10 * 1024;

test("widget.js weighs at most 10 kB on the wire, with the SDK in it", async () => {
  // `npm ci` builds it, and `npm run prepare` builds it anew.
  const { size } = await stat(join(root, "packages/widget/dist/widget.js.gz"));
  expect(size).toBeLessThanOrEqual(MAX_BYTES);
});
