import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PNG } from "pngjs";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { root } from "../support/tools.ts";
import { expectSamePicture } from "./compare.ts";

beforeEach(() => vi.stubEnv("UPDATE_PICTURES", "0"));

/** A white picture of 200 by 100, of which so many columns at the left are black. */
function withBlack(columns: number): Buffer {
  const picture = new PNG({ width: 200, height: 100 });
  for (let i = 0; i < picture.data.length; i += 4) {
    const part = (i / 4) % 200 < columns ? 0 : 255;
    picture.data.set([part, part, part, 255], i);
  }
  return PNG.sync.write(picture);
}

/** Where a picture with 20 black columns is kept. */
async function keep(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-pictures-"));
  const path = join(folder, `${basename(folder)}.png`);
  await writeFile(path, withBlack(20));
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
    await rm(join(root, ".cache/pictures", basename(path)), { force: true });
  });
  return path;
}

test("a picture that is different in less than is tolerated is the same", async () => {
  const path = await keep();
  await expectSamePicture(withBlack(20), path, 0.001);
  await expectSamePicture(withBlack(24), path, 0.05);
});

test("one that is more different fails, saying which, how much, and where the new one is", async () => {
  const path = await keep();
  const name = basename(path);
  await expect(expectSamePicture(withBlack(40), path, 0.05)).rejects.toThrow(
    new RegExp(`${name}: 10\\.0 % of it is different, 5 % may be\\. .* \\.cache/pictures/${name}\\.`),
  );
  expect(existsSync(join(root, ".cache/pictures", name))).toBe(true);
});

test("one that is missing fails, and one of another size", async () => {
  const path = await keep();
  const small = PNG.sync.write(new PNG({ width: 100, height: 100 }));
  await expect(expectSamePicture(small, path, 0.05)).rejects.toThrow("100.0 %");
  await rm(path);
  await expect(expectSamePicture(withBlack(20), path, 0.05)).rejects.toThrow("100.0 %");
});
