import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/tools.ts";

/** What a page may have to load for the widget, compressed by Brotli, as browsers load it, in bytes. */
const MAX_BYTES = 10 * 1024;
/** The same by gzip, which only old proxies ask for. */
const MAX_GZIP_BYTES = 11 * 1024;

test("widget.js weighs at most 10 kB on the wire, with the SDK in it", async () => {
  // `npm ci` builds it, and `npm run prepare` builds it anew.
  const sizeOf = async (suffix: string) => (await stat(join(root, `packages/widget/dist/widget.js${suffix}`))).size;
  expect(await sizeOf(".br")).toBeLessThanOrEqual(MAX_BYTES);
  expect(await sizeOf(".gz")).toBeLessThanOrEqual(MAX_GZIP_BYTES);
});
