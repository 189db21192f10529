/** How many columns a line may have. */
const WIDTH = 160;

/** Down to which depth each field of an object has a line of its own: that of an example's fields. */
const SEPARATE_DEPTH = 2;

/** Writes JSON for people: what fits in a line is in one, and short items share lines. */
export function textOf(value: unknown, depth = 0, before = 0): string {
  const line = lineOf(value);
  if (before + line.length < WIDTH || typeof value !== "object" || value === null) {
    return line;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const items = Array.isArray(value)
    ? value.map((item) => textOf(item, depth + 1, 2 * depth + 2))
    : Object.entries(value).map(([key, field]) => {
        const name = `${JSON.stringify(key)}: `;
        return `${name}${textOf(field, depth + 1, 2 * depth + 2 + name.length)}`;
      });
  const indent = "  ".repeat(depth);
  const isSeparate = depth <= SEPARATE_DEPTH || items.some((item) => /^{/.test(item));
  const lines = isSeparate ? items : filled(items, WIDTH - indent.length - 2);
  return `${open}\n${lines.map((text) => `${indent}  ${text}`).join(",\n")}\n${indent}${close}`;
}

function lineOf(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(lineOf).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${lineOf(field)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** Joins items to lines of at most `width`, with room for a comma behind. */
function filled(items: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 3 <= width) {
      lines[lines.length - 1] = `${last}, ${item}`;
    } else {
      lines.push(item);
    }
  }
  return lines;
}
