import { randomBytes } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ClientGone } from "#src/errors.ts";
import { Budget } from "#src/http/budget.ts";
import { createDecompress } from "#src/http/compression/decompress.ts";
import { FREE_BODY_BYTES, type LimitName, type Limits } from "#src/http/limits.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";

/** So large, compressed, that it waits for one of zlib's threads. */
const LARGE = randomBytes(20_000);

const packed = { gzip: gzipSync(LARGE), br: brotliCompressSync(LARGE) };

function create(limits: Partial<Limits> = {}, bodyBudget = new Budget(DEFAULT_LIMITS.maxUnfinishedBodyBytes)) {
  const refusals: LimitName[] = [];
  const decompress = createDecompress({
    limits: { ...DEFAULT_LIMITS, ...limits },
    bodyBudget,
    onRefusal: (limit) => refusals.push(limit),
  });
  const unpack = async (encoding: keyof typeof packed, client = { isGone: false }) =>
    decompress(packed[encoding], encoding, LARGE.length, client);
  return { unpack, refusals };
}

test.each([
  ["gzip", "maxWaitingDecompressions", 4],
  ["br", "maxWaitingBrotli", 1],
] as const)("bodies in %s beyond those that may wait are refused, and counted", async (encoding, bound, atOnce) => {
  const { unpack, refusals } = create({ [bound]: 2 });
  const admitted = Array.from({ length: atOnce + 2 }, () => unpack(encoding));
  await expect(unpack(encoding)).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(refusals).toEqual([bound]);
  expect(await Promise.all(admitted)).toEqual(admitted.map(() => LARGE));
  expect(await unpack(encoding)).toEqual(LARGE);
});

test("bodies that wait for a thread count as unfinished until they are unpacked", async () => {
  const amount = 2 * (packed.gzip.length - FREE_BODY_BYTES);
  const budget = new Budget(amount);
  const { unpack, refusals } = create({}, budget);
  const admitted = [unpack("gzip"), unpack("gzip")];
  await expect(unpack("gzip")).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(refusals).toEqual(["maxUnfinishedBodyBytes"]);
  await Promise.all(admitted);
  expect(budget.take(amount)).toBe(true);
});

test("a body whose client has gone while it waited is not unpacked", async () => {
  const { unpack } = create();
  const client = { isGone: false };
  const before = Array.from({ length: 4 }, () => unpack("gzip"));
  const waiting = unpack("gzip", client);
  client.isGone = true;
  await expect(waiting).rejects.toThrow(ClientGone);
  await Promise.all(before);
});
