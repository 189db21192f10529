import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import type { Locator } from "playwright-core";
import { PNG } from "pngjs";
import { expect } from "vitest";

const FOLDER = join(import.meta.dirname, "pictures");
/** Pixels are compared in blocks of this width and height: fonts differ from machine to machine, and blocks hide it. */
const BLOCK = 4;
/**
 * How different two blocks may be (from 0 to 1), and how many of all may be more different. As measured, another font makes
 * up to 0.045 of them different, and another theme or another week at least 0.087.
 */
const THRESHOLD = 0.03;
const TOLERATED = 0.06;

/**
 * Compares what an element looks like with the picture in the repository. With `UPDATE_PICTURES=1` in the environment it
 * writes the picture instead: look at it before you commit it.
 */
export async function expectPicture(element: Locator, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  const taken = await element.screenshot({ animations: "disabled", scale: "css" });
  if (process.env.UPDATE_PICTURES === "1") {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path, taken);
    return;
  }
  const [now, kept] = [shrink(PNG.sync.read(taken)), shrink(PNG.sync.read(await readFile(path)))];
  const { width, height } = kept;
  // A line that is higher in another font is not another picture.
  expect(Math.abs(now.width - width)).toBeLessThanOrEqual(2);
  expect(Math.abs(now.height - height)).toBeLessThanOrEqual(4);
  const [a, b] = [
    crop(now, Math.min(now.width, width), Math.min(now.height, height)),
    crop(kept, now.width, now.height),
  ];
  const different = pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: THRESHOLD, includeAA: true });
  expect(different / (a.width * a.height), `${name}: part of the picture that is different`).toBeLessThan(TOLERATED);
}

/** Averages blocks of pixels. */
function shrink(picture: PNG): PNG {
  const small = new PNG({ width: Math.floor(picture.width / BLOCK), height: Math.floor(picture.height / BLOCK) });
  for (let i = 0; i < small.data.length; i++) {
    const [channel, pixel] = [i % 4, Math.floor(i / 4)];
    const [left, top] = [(pixel % small.width) * BLOCK, Math.floor(pixel / small.width) * BLOCK];
    let sum = 0;
    for (let y = top; y < top + BLOCK; y++) {
      for (let x = left; x < left + BLOCK; x++) {
        sum += picture.data[(y * picture.width + x) * 4 + channel] ?? 0;
      }
    }
    small.data[i] = sum / BLOCK ** 2;
  }
  return small;
}

function crop(picture: PNG, width: number, height: number): PNG {
  const cropped = new PNG({ width: Math.min(width, picture.width), height: Math.min(height, picture.height) });
  PNG.bitblt(picture, cropped, 0, 0, cropped.width, cropped.height, 0, 0);
  return cropped;
}
