/** Lines of cells as text, in columns as wide as they need: the first ones to the left, numbers to the right. */
export function tableOf(head: readonly string[], lines: readonly (readonly string[])[], leftColumns: number): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? "").length)));
  const format = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return column < leftColumns ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [format(head), widths.map((width) => "-".repeat(width)).join("  "), ...lines.map(format)].join("\n");
}

/** A number as short as it can be read: three digits, thousands apart; `-` for none. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) {
    return "-";
  }
  const digits = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes as MiB. */
export function mebibytes(bytes: number | undefined): string {
  return short(bytes === undefined ? undefined : bytes / 2 ** 20);
}
