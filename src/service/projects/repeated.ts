import { clip, refusal } from "../../errors.ts";

/**
 * Refuses a text that is there twice.
 *
 * @param pathOf returns the path of an entry by its index
 * @throws StreakdError INVALID_BODY naming the second of the two
 */
export function refuseRepeated(texts: readonly string[], pathOf: (index: number) => string): void {
  const seen = new Set<string>();
  for (const [i, text] of texts.entries()) {
    if (seen.has(text)) {
      throw refusal(pathOf(i), `"${clip(text)}" is there twice. It must be unique`);
    }
    seen.add(text);
  }
}
