/** What the widget fills into the message, by the name of the placeholder. */
export const PLACEHOLDERS = {
  current: "how many days, weeks, months or actions the streak has",
  best: "the longest streak so far",
  next: "how many are left to the next milestone",
  target: "the number of the next milestone",
  milestone: "what is told at the next milestone",
  left: "the time that is left today",
} as const;

/** Returns what stands in braces in a message and is no placeholder, so that the widget shows it as it is. */
export function unknownPlaceholders(message: string): string[] {
  const names = Array.from(message.matchAll(/{(\w+)}/g), ([, name = ""]) => name);
  return [...new Set(names)].filter((name) => !Object.hasOwn(PLACEHOLDERS, name));
}
