import { COUNTED, type Counted } from "./records.ts";
import type { Say } from "./retry.ts";
import type { Tallies } from "./tally.ts";

/** What the operator knows it as. */
const NAMES: Readonly<Record<Counted, string>> = {
  projects: "projects",
  settings: "settings",
  users: "users and aliases",
  aliases: "aliases",
  zones: "zones",
  months: "months with days done",
  events: "events",
  keys: "idempotency keys",
};

/** How much of a checksum is shown: enough for the eye. All of it is compared. */
const SHOWN = 16;

/** A count of a kind, such as `1,200 events`. */
export function numbered(count: number, kind: Counted): string {
  return `${withCommas(count)} ${NAMES[kind]}`;
}

/** Tells how far copying a kind has come, at each whole percent: of a small folder each batch, of a large one 100 lines. */
export function progressSayer(kind: Counted, total: number, say: Say): (copied: number) => void {
  let said = -1;
  return (copied) => {
    const percent = Math.floor((100 * copied) / total);
    if (percent > said) {
      said = percent;
      say(`Copied ${withCommas(copied)} of ${numbered(total, kind)}.`);
    }
  };
}

/** Sets what the folder holds and what has arrived side by side, as a table; and answers whether they are the same. */
export function comparison(
  held: Tallies,
  arrived: Tallies,
): { readonly lines: readonly string[]; readonly same: boolean } {
  const rows = COUNTED.map((kind) => {
    const [one, other] = [held[kind], arrived[kind]];
    const same = one.count === other.count && one.checksum === other.checksum;
    const cells = [one, other].flatMap(({ count, checksum }) => [withCommas(count), checksum.slice(0, SHOWN)]);
    return { same, cells: [NAMES[kind], ...cells, same ? "same" : "DIFFERENT"] };
  });
  const table = [["", "folder", "checksum", "MongoDB", "checksum", ""], ...rows.map(({ cells }) => cells)];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column % 2 === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return { lines: table.map(line), same: rows.every(({ same }) => same) };
}

function withCommas(count: number): string {
  return count.toLocaleString("en");
}
