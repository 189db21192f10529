import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { expect } from "vitest";
import { root } from "../support/tools.ts";

/** Pixels are compared in blocks of this width and height: fonts differ from machine to machine, and blocks hide it. */
const BLOCK = 4;
/** How different two blocks may be, from 0 to 1. */
const THRESHOLD = 0.03;
/** Where pictures are put that are not as they were. git does not see it. */
const NEW_PICTURES = join(root, ".cache/pictures");

/**
 * Compares a picture with one of the repository. When they differ it keeps the new one, and says where. With
 * `UPDATE_PICTURES=1` in the environment it writes the repository's instead: look at it before you commit it.
 *
 * @param taken a PNG
 * @param path where the repository has the other
 * @param tolerated which part of the picture may be different, from 0 to 1
 * @param encode makes the PNG that is written
 */
export async function expectSamePicture(
  taken: Buffer,
  path: string,
  tolerated: number,
  encode: (picture: PNG) => Buffer = () => taken,
): Promise<void> {
  const picture = PNG.sync.read(taken);
  if (process.env.UPDATE_PICTURES === "1") {
    await write(path, encode(picture));
    return;
  }
  const kept = await readFile(path).catch(() => undefined);
  const different = kept === undefined ? 1 : differenceOf(picture, PNG.sync.read(kept));
  if (different >= tolerated) {
    const now = join(NEW_PICTURES, basename(path));
    await write(now, encode(picture));
    const part = `${(100 * different).toFixed(1)} % of it is different, ${100 * tolerated} % may be`;
    expect.fail(`${relative(root, path)}: ${part}. What it looks like now is in ${relative(root, now)}.`);
  }
}

async function write(path: string, png: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, png);
}

/** Returns which part of the blocks of two pictures is different; 1 when one of them is larger. */
function differenceOf(one: PNG, other: PNG): number {
  const [now, kept] = [shrink(one), shrink(other)];
  // A line that is higher in another font is not another picture.
  if (Math.abs(now.width - kept.width) > 2 || Math.abs(now.height - kept.height) > 4) {
    return 1;
  }
  const [width, height] = [Math.min(now.width, kept.width), Math.min(now.height, kept.height)];
  const [a, b] = [crop(now, width, height), crop(kept, width, height)];
  return (
    pixelmatch(a.data, b.data, undefined, width, height, { threshold: THRESHOLD, includeAA: true }) / width / height
  );
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
  const cropped = new PNG({ width, height });
  PNG.bitblt(picture, cropped, 0, 0, width, height, 0, 0);
  return cropped;
}
