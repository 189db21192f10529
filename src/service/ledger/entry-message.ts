import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type LedgerEntry as EntryMessage, LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import { isoDate } from "../../domain/day.ts";
import type { LedgerDecision, LedgerEntry } from "../../domain/ledger.ts";

/** Returns an entry of a ledger as the contract's message. */
export function entryToMessage(entry: LedgerEntry): EntryMessage {
  return {
    $typeName: "streak.v1.LedgerEntry",
    entryId: entry.id,
    reason: entry.reason,
    actor: entry.actor,
    createTime: timestampFromMs(entry.at),
    pauseIds: [],
    ...decisionToFields(entry),
  };
}

function decisionToFields(decision: LedgerDecision) {
  switch (decision.kind) {
    case "pause": {
      const { event, from, to } = decision;
      return {
        kind: LedgerEntryKind.PAUSE,
        ...(event !== undefined && { event }),
        from: isoDate(from),
        ...(to !== undefined && { to: isoDate(to) }),
      };
    }
    case "unpause":
      return {
        kind: LedgerEntryKind.UNPAUSE,
        from: isoDate(decision.from),
        pauseIds: decision.pauses.map(({ id }) => id),
      };
    case "grantFreezes": {
      const { event, count, from, to } = decision;
      return {
        kind: LedgerEntryKind.GRANT_FREEZES,
        event,
        count,
        from: isoDate(from),
        ...(to !== undefined && { to: isoDate(to) }),
      };
    }
    case "optOut":
    case "optIn": {
      const { kind, event, from } = decision;
      return {
        kind: kind === "optOut" ? LedgerEntryKind.OPT_OUT : LedgerEntryKind.OPT_IN,
        ...(event !== undefined && { event }),
        from: isoDate(from),
      };
    }
    case "repair": {
      const { event, from, withinDays, takesFreeze = false } = decision;
      return { kind: LedgerEntryKind.REPAIR, event, from: isoDate(from), withinDays, takesFreeze };
    }
    case "takeBack":
      return { kind: LedgerEntryKind.TAKE_BACK, takenBackId: decision.entry.id };
  }
}
