import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { MAX_ENDED_PAUSES } from "../../domain/ledger.ts";
import { pausesToEnd } from "../../domain/streaks/ledger/pauses.ts";
import { readStreakDateIfAny } from "../date.ts";
import { type LedgerParts, ledgerHandler } from "./change-ledgers.ts";
import { tooManyPauses } from "./refusals.ts";

/** Creates the handler that ends pauses. */
export function unpauseStreaksHandler(parts: LedgerParts): ChangeHandler<typeof LedgerService.method.unpauseStreaks> {
  return ledgerHandler(parts, (request) => {
    const asked = readStreakDateIfAny(request.from, "from");
    return () => ({
      // Which pauses it has ended, and from which day where the request names none, was decided when it was added.
      isAsked: (entry) => entry.kind === "unpause" && (asked === undefined || entry.from === asked),
      decide({ entries, date }, name) {
        const from = asked ?? date;
        const pauses = pausesToEnd(entries, from);
        if (pauses.length > MAX_ENDED_PAUSES) {
          throw tooManyPauses(name, pauses.length);
        }
        return pauses.length === 0 ? undefined : { kind: "unpause", from, pauses };
      },
      audit: { kind: "unpause", ...(request.from !== undefined && { from: request.from }) },
    });
  });
}
