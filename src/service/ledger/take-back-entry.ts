import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { type LedgerEntry, refKey } from "../../domain/ledger.ts";
import { type LedgerParts, ledgerHandler } from "./change-ledgers.ts";
import { takesBack } from "./refusals.ts";

/** Creates the handler that takes an entry back. */
export function takeBackEntryHandler(parts: LedgerParts): ChangeHandler<typeof LedgerService.method.takeBackEntry> {
  return ledgerHandler(parts, ({ takenBackId }) => () => ({
    isAsked: (entry) => entry.kind === "takeBack" && entry.entry.id === takenBackId,
    decide({ entries }, name) {
      const taken = entries.find(({ id }) => id === takenBackId);
      if (taken?.kind === "takeBack") {
        throw takesBack(name, takenBackId);
      }
      if (taken === undefined || isTakenBack(taken, entries)) {
        return undefined;
      }
      return { kind: "takeBack", entry: { id: taken.id, user: taken.user } };
    },
    audit: { kind: "takeBack", takenBackId },
  }));
}

function isTakenBack(taken: LedgerEntry, entries: readonly LedgerEntry[]): boolean {
  return entries.some((entry) => entry.kind === "takeBack" && refKey(entry.entry) === refKey(taken));
}
