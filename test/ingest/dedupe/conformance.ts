import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Seen } from "#src/ingest/dedupe/dedupe-cache.ts";

/** A `Seen` that is open and empty. */
export interface OpenedSeen {
  readonly seen: Seen;
  /** The time by which its marks expire, in epoch milliseconds. */
  now(): number;
  cleanup(): Promise<void>;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * What every `Seen` does, asked through nothing but the port.
 *
 * @param open opens an empty one, anew for each test
 */
export function describeSeen(name: string, open: () => Promise<OpenedSeen>): void {
  describe(`the ${name} memory`, () => {
    let opened: OpenedSeen;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.cleanup());
    const inAnHour = (...marks: string[]) => marks.map((mark) => ({ mark, expiresAt: opened.now() + HOUR_MS }));

    it("knows nothing at first", async () => {
      expect(await opened.seen.has(["a", "b"])).toEqual([false, false]);
    });

    it("knows what was added, and answers in the order asked", async () => {
      await opened.seen.add(inAnHour("a", "b"));
      expect(await opened.seen.has(["b", "x", "a", "b"])).toEqual([true, false, true, true]);
    });

    it("asking does not make a mark known", async () => {
      await opened.seen.has(["a"]);
      expect(await opened.seen.has(["a"])).toEqual([false]);
    });

    it("takes no marks, and is asked for none", async () => {
      await opened.seen.add([]);
      expect(await opened.seen.has([])).toEqual([]);
    });

    it("does not know a mark that has expired already", async () => {
      await opened.seen.add([{ mark: "old", expiresAt: opened.now() - 1 }, ...inAnHour("new")]);
      expect(await opened.seen.has(["old", "new"])).toEqual([false, true]);
    });

    it("knows a mark that is added again once it has expired", async () => {
      await opened.seen.add([{ mark: "a", expiresAt: opened.now() - 1 }]);
      await opened.seen.add(inAnHour("a"));
      expect(await opened.seen.has(["a"])).toEqual([true]);
    });

    it("tells awkward marks apart", async () => {
      const marks = [
        "__proto__",
        "constructor",
        "a|b",
        "a||b",
        "a b",
        "a\nb",
        "{a}",
        "'",
        '"',
        "é",
        "e\u0301",
        "🦊",
        "*",
      ];
      await opened.seen.add(inAnHour(...marks.filter((_, index) => index % 2 === 0)));
      expect(await opened.seen.has(marks)).toEqual(marks.map((_, index) => index % 2 === 0));
    });
  });
}
