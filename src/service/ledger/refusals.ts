import { type Day, isoDate } from "../../domain/day.ts";
import { MAX_ENDED_PAUSES, MAX_LEDGER_ENTRIES } from "../../domain/ledger.ts";
import type { WidgetRules } from "../../domain/rules.ts";
import { clip, refusal, StreakdError } from "../../errors.ts";

/** What became of the other users of a request that is refused. */
type Others = "checked" | "changed";

const SO_FAR: Readonly<Record<Others, string>> = {
  checked: "Nothing was added, for any user.",
  changed: "Somebody has changed it since it was checked, so other users may have got their entry.",
};

/** The ledger of a user has the id for something else. */
export function otherEntry(name: string, id: string, others: Others = "checked"): StreakdError {
  return new StreakdError(
    "ALREADY_EXISTS",
    (field) =>
      `The ledger of "${clip(name)}" has another entry with the ${field} "${id}". ${SO_FAR[others]} Choose another ${field}, or leave the user out.`,
    { field: "entryId" },
  );
}

/** The ledger of a user is full. */
export function tooManyEntries(name: string, others: Others = "checked"): StreakdError {
  return new StreakdError(
    "TOO_MANY_LEDGER_ENTRIES",
    `The ledger of "${clip(name)}" has ${MAX_LEDGER_ENTRIES} entries, which is as many as it may have. ${SO_FAR[others]} Leave the user out.`,
    { field: "userHashes" },
  );
}

/** A user has more pauses to end than one entry may end. */
export function tooManyPauses(name: string, pauses: number): StreakdError {
  return refusal(
    "userHashes",
    `has "${clip(name)}", who has ${pauses} pauses to end, and one entry ends at most ${MAX_ENDED_PAUSES}. Take some of these pauses back, or leave the user out`,
  );
}

/** Freezes are granted for a widget whose rules have none on any day. */
export function neverHasFreezes(event: string, mode: WidgetRules["mode"]): StreakdError {
  return refusal(
    "event",
    mode === "cumulative"
      ? `"${clip(event)}" has a cumulative widget, which has no freezes. Grant them for a widget whose mode is continuous`
      : `"${clip(event)}" has a widget whose rules have no freezes. Add freezes to its rules first`,
  );
}

/**
 * Freezes are granted on a day on which the rules of the widget have none.
 *
 * @param next the first later day on which they have; undefined when there is none
 */
export function hasNoFreezes(event: string, day: Day, next: Day | undefined): StreakdError {
  const mend =
    next === undefined
      ? "Add freezes to its rules first, or name an earlier day in from"
      : `They have from ${isoDate(next)} on: name that day in from, or a later one`;
  return refusal("event", `"${clip(event)}" has a widget whose rules have no freezes on ${isoDate(day)}. ${mend}`);
}

/** The entry to take back takes another one back. */
export function takesBack(name: string, id: string): StreakdError {
  return refusal(
    "takenBackId",
    `"${id}" takes an entry back itself in the ledger of "${clip(name)}", and can't be taken back. Add what is missing again, with a new ID`,
  );
}
