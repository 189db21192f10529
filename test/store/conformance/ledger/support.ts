import type { LedgerDecision, LedgerEntry } from "#src/domain/ledger.ts";
import { DAY, NOW } from "../fixture.ts";

/** A pause of all streaks from `DAY` on, unless said otherwise. */
export function entry(
  fields: Partial<Omit<LedgerEntry, keyof LedgerDecision>> & { readonly id: string },
  decision: LedgerDecision = { kind: "pause", from: DAY },
): LedgerEntry {
  return { user: "ann", reason: "on holiday", actor: "root", at: NOW, ...decision, ...fields };
}

/**
 * Entries of every kind, in their order, with and without each of their fields, and with texts that mean something to a
 * database.
 */
export const ODD_ENTRIES: readonly LedgerEntry[] = [
  entry({ id: "a" }, { kind: "pause", event: "__proto__", from: DAY, to: DAY + 1 }),
  entry({ id: "$set" }, { kind: "pause", event: "$a.b", from: -719_162, to: 2_932_896 }),
  entry({ id: "a.b", reason: "🦊".repeat(100) }),
  entry({ id: "a|b%", reason: "é".repeat(200), actor: "tok_1" }),
  entry(
    { id: "__proto__" },
    { kind: "unpause", from: DAY, pauses: ["a", "$set", "a.b"].map((id) => ({ id, user: "$user" })) },
  ),
  entry({ id: "只 '; DROP TABLE facts; --", reason: "$reason" }, { kind: "unpause", from: DAY, pauses: [] }),
  entry({ id: "constructor" }, { kind: "takeBack", entry: { id: "$$ROOT", user: "a|b.c" } }),
  entry({ id: "gift" }, { kind: "grantFreezes", event: "$count", count: 30, from: DAY, to: DAY }),
  entry({ id: "gift.for.ever" }, { kind: "grantFreezes", event: "a.b|c", count: 1, from: -719_162 }),
  entry({ id: "out" }, { kind: "optOut", event: "constructor", from: 2_932_896 }),
  entry({ id: "out of all" }, { kind: "optOut", from: DAY }),
  entry({ id: "in" }, { kind: "optIn", event: "$in", from: DAY }),
  entry({ id: "in to all" }, { kind: "optIn", from: DAY }),
  entry({ id: "mended" }, { kind: "repair", event: "$inc", from: DAY, withinDays: 31 }),
  entry({ id: "mended for a freeze" }, { kind: "repair", event: "a|b", from: DAY, withinDays: 1, takesFreeze: true }),
].map((odd, index) => ({ ...odd, at: NOW + index }));
