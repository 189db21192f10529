import { COUNTED, type Counted } from "./records.ts";
import type { Tallies } from "./tally.ts";

/** Tells the operator something. */
export type Say = (line: string) => void;

/** What the operator knows each thing as. */
const NAMES: Readonly<Record<Counted, string>> = {
  projects: "projects",
  settings: "settings",
  tokens: "tokens",
  users: "users and aliases",
  aliases: "aliases",
  zones: "zones",
  months: "months with days done",
  ledger: "ledger entries",
  events: "events",
  repeats: "kept repeats",
  actions: "actions",
  keys: "idempotency keys",
  audit: "audit entries",
  rejections: "months with rejected events",
};

/** How many digits of a checksum are shown: enough for the eye. All of them are compared. */
const SHOWN_DIGITS = 16;

/** Returns a count with its name, such as `1,200 events`. */
export function numbered(count: number, kind: Counted): string {
  return `${withCommas(count)} ${NAMES[kind]}`;
}

/**
 * Returns what reports how far copying has come, at each whole percent: for a large folder 100 lines, for a small one a
 * line a batch.
 */
export function progressReporter(kind: Counted, total: number, say: Say): (copied: number) => void {
  let said = -1;
  return (copied) => {
    const percent = Math.floor((100 * copied) / total);
    if (percent > said) {
      said = percent;
      say(`Copied ${withCommas(copied)} of ${numbered(total, kind)}.`);
    }
  };
}

/** Returns a table of what the folder holds beside what has arrived, and whether the two are the same. */
export function comparison(
  held: Tallies,
  arrived: Tallies,
): { readonly lines: readonly string[]; readonly isSame: boolean } {
  const rows = COUNTED.map((kind) => {
    const [one, other] = [held[kind], arrived[kind]];
    const isSame = one.count === other.count && one.checksum === other.checksum;
    const cells = [one, other].flatMap(({ count, checksum }) => [withCommas(count), checksum.slice(0, SHOWN_DIGITS)]);
    return { isSame, cells: [NAMES[kind], ...cells, isSame ? "same" : "DIFFERENT"] };
  });
  const table = [["", "folder", "checksum", "MongoDB", "checksum", ""], ...rows.map(({ cells }) => cells)];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column % 2 === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return { lines: table.map(line), isSame: rows.every(({ isSame }) => isSame) };
}

function withCommas(count: number): string {
  return count.toLocaleString("en");
}
