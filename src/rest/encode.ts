/** Characters that JSON may write as an escape. A text without them is written as it is, between quotes. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** Writes a string as JSON, exactly as `JSON.stringify` does, which takes twice as long for one that needs no escape. */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Writes a list as JSON. An entry that `write` has no JSON for has no place in it. */
export function listOf<T>(list: readonly T[], write: (item: T) => string | undefined): string {
  let json = "";
  for (const item of list) {
    const entry = write(item);
    if (entry !== undefined) {
      json += json === "" ? entry : `,${entry}`;
    }
  }
  return `[${json}]`;
}

/** Writes an object's member between what goes before and after it, or nothing when there is no JSON of it. */
export function given(before: string, json: string | undefined, after = ""): string {
  return json === undefined ? "" : before + json + after;
}

/** The texts of what is frozen, each for as long as that is alive. */
const texts = new WeakMap<object, string>();

/**
 * Writes a message, or a list of them, as JSON. The text of a frozen one is kept with it: who freezes a part of an answer,
 * with all that is in it, says that it is the same in many answers.
 */
export function once<T extends object>(part: T, write: (part: T) => string): string {
  const known = texts.get(part);
  if (known !== undefined) {
    return known;
  }
  const text = write(part);
  if (Object.isFrozen(part)) {
    texts.set(part, inOnePiece(text));
  }
  return text;
}

/** The same text, not as the tree of its parts that concatenation makes, which each answer would have to walk again. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}
