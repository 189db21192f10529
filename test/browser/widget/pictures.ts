import { join } from "node:path";
import type { Locator } from "playwright-core";
import { expectSamePicture } from "../compare.ts";

const FOLDER = join(import.meta.dirname, "pictures");
/** As measured, another font makes up to 0.045 of the blocks different, and another theme or another week at least 0.087. */
const TOLERATED = 0.06;

/** Compares what an element looks like with the picture in the repository, as `expectSamePicture` says. */
export async function expectPicture(element: Locator, name: string): Promise<void> {
  const taken = await element.screenshot({ animations: "disabled", scale: "css" });
  await expectSamePicture(taken, join(FOLDER, `${name}.png`), TOLERATED);
}
