import type { Seen } from "./dedupe-cache.ts";

/**
 * A `Seen` that asks one near by first, and the one that all instances share only for what that one doesn't know. Both are
 * told everything. What the shared one knows from other instances is not copied, since it doesn't say until when it holds.
 *
 * @param near answers without a round trip, such as one in this process
 */
export function createLayeredSeen(near: Seen, shared: Seen): Seen {
  return {
    async has(marks) {
      const known = await near.has(marks);
      const unknown = marks.filter((_, i) => !known[i]);
      if (unknown.length === 0) {
        return known;
      }
      const answers = (await shared.has(unknown)).values();
      return known.map((isKnown) => isKnown || answers.next().value === true);
    },
    async add(marks) {
      await Promise.all([near.add(marks), shared.add(marks)]);
    },
    async close() {
      await Promise.all([near.close(), shared.close()]);
    },
  };
}
