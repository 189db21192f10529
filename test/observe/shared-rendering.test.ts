import { expect, test } from "vitest";
import { FRESH_RENDERINGS, SHARED_MS, shareRendering } from "#src/observe/shared-rendering.ts";

/** A page whose renderings are numbered. The failing ones reject. */
function numberedPage(failing: readonly number[] = []) {
  const clock = { now: 1_000 };
  let renderings = 0;
  const page = shareRendering(
    async () => {
      renderings += 1;
      if (failing.includes(renderings)) {
        throw new Error("no worker replies");
      }
      return `${renderings}`;
    },
    () => clock.now,
  );
  return { clock, page, ask: async (times: number) => await Promise.all(Array.from({ length: times }, page)) };
}

test("callers who ask now and then each get the page as it is", async () => {
  const { clock, ask } = numberedPage();

  for (let number = 1; number <= 3 * FRESH_RENDERINGS; number += 1) {
    expect(`${await ask(1)}`).toBe(`${number}`);
    clock.now += SHARED_MS;
  }
});

test("however many ask, few renderings are made, and they share the bytes of the latest", async () => {
  const { ask } = numberedPage();

  const pages = await ask(10_000);

  expect(new Set(pages).size).toBe(FRESH_RENDERINGS);
  expect(`${pages.at(-1)}`).toBe(`${FRESH_RENDERINGS}`);
});

test("while many ask all the time, no page is older than the shared ones may be", async () => {
  const { clock, ask } = numberedPage();
  await ask(10_000);

  clock.now += SHARED_MS - 1;
  expect(`${(await ask(10_000)).at(-1)}`).toBe(`${FRESH_RENDERINGS}`);
  clock.now += 1;
  expect(`${(await ask(10_000)).at(-1)}`).toBe(`${FRESH_RENDERINGS + 1}`);
});

test("a rendering that failed is tried again by the next who asks", async () => {
  const { ask, page } = numberedPage([FRESH_RENDERINGS]);
  await ask(FRESH_RENDERINGS - 1);

  await expect(page()).rejects.toThrow("no worker replies");
  expect(`${await page()}`).toBe(`${FRESH_RENDERINGS + 1}`);
});
