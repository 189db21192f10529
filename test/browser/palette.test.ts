import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { encodeWithPalette } from "./palette.ts";

/** A picture whose colours are those of a function of the place. */
function paint(width: number, height: number, colourAt: (x: number, y: number) => readonly [number, number, number]) {
  const picture = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    picture.data.set([...colourAt(i % width, Math.floor(i / width)), 255], i * 4);
  }
  return picture;
}

test("a picture of 256 colours comes back as it was", () => {
  const picture = paint(32, 17, (x, y) => [(x % 16) * 16, (y % 16) * 16, 7]);
  const { width, height, data } = PNG.sync.read(encodeWithPalette(picture));
  expect([width, height]).toEqual([32, 17]);
  expect(data.equals(picture.data)).toBe(true);
});

test("of more colours the rare ones become the nearest", () => {
  // The last row has 300 colours, each once; what is above has two. 45 don't fit: the reddest, which become the next red.
  const picture = paint(300, 9, (x, y) => (y === 8 ? [x % 256, 0, x >> 8] : y % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));
  const { data } = PNG.sync.read(encodeWithPalette(picture));
  const differences = Array.from(data, (part, index) => Math.abs(part - (picture.data[index] as number)));
  expect(differences.slice(0, 300 * 8 * 4).every((difference) => difference === 0)).toBe(true);
  expect(Math.max(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThanOrEqual(45);
});
