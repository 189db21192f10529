import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../support/tools.ts";

/**
 * What a page may have to load for the widget, in bytes, also through a proxy that knows no better than gzip. For this, the
 * widget and the SDK are written a few bytes shorter in places than one would otherwise write them.
 */
const MAX_BYTES = 10 * 1024;

test.each(["gz", "br"])("widget.js.%s weighs at most 10 kB, with the SDK in it", async (suffix) => {
  // `npm ci` builds it, and `npm run prepare` builds it anew.
  const { size } = await stat(join(root, `packages/widget/dist/widget.js.${suffix}`));
  expect(size).toBeLessThanOrEqual(MAX_BYTES);
});
