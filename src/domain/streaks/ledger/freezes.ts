import type { Day } from "../../day.ts";
import { compareMade, entriesNotTakenBack, isAbout, type LedgerEntry } from "../../ledger.ts";

/** An entry that grants freezes. */
export type GrantEntry = Extract<LedgerEntry, { readonly kind: "grantFreezes" }>;

/** An entry by which freezes cover misses from a day on, or don't. */
type ChoiceEntry = Extract<LedgerEntry, { readonly kind: "optOut" | "optIn" }>;

type FreezeEntry = GrantEntry | ChoiceEntry;

/** What was decided about the freezes of one streak of a user. */
export class FreezeDecisions {
  /** In the order of their days; those of one day in the order in which they were made. */
  readonly grants: readonly GrantEntry[];
  /** In the same order. */
  readonly #choices: readonly ChoiceEntry[];

  /** @param entries those that are about the streak and not taken back, each once, in any order */
  constructor(entries: readonly FreezeEntry[]) {
    const inOrder = entries.toSorted((one, other) => one.from - other.from || compareMade(one, other));
    this.grants = inOrder.filter((entry) => entry.kind === "grantFreezes");
    this.#choices = inOrder.filter((entry) => entry.kind !== "grantFreezes");
  }

  /** Whether the user has ever opted out of freezes, or in. Asked often, and nearly nobody has. */
  get hasChoices(): boolean {
    return this.#choices.length > 0;
  }

  /** Whether the user has opted out of freezes, as of a day. */
  isOptedOut(day: Day): boolean {
    return this.hasChoices && this.#choices.findLast(({ from }) => from <= day)?.kind === "optOut";
  }
}

/**
 * Returns what was decided about the freezes of the streak of an event. The order of the entries does not matter.
 *
 * @returns undefined when no such decision was ever about the event, not even one that was taken back
 */
export function freezeDecisionsOf(ledger: readonly LedgerEntry[], event: string): FreezeDecisions | undefined {
  const isOfStreak = (entry: LedgerEntry): entry is FreezeEntry => isFreezeEntry(entry) && isAbout(entry, event);
  return ledger.some(isOfStreak) ? new FreezeDecisions(entriesNotTakenBack(ledger).filter(isOfStreak)) : undefined;
}

function isFreezeEntry(entry: LedgerEntry): entry is FreezeEntry {
  return entry.kind === "grantFreezes" || entry.kind === "optOut" || entry.kind === "optIn";
}
