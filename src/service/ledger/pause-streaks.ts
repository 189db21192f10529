import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { refusal } from "../../errors.ts";
import { readStreakDate, readStreakDateIfAny } from "../date.ts";
import { widgetOf } from "../projects/projects.ts";
import { type LedgerParts, ledgerHandler } from "./change-ledgers.ts";

/** Creates the handler that pauses streaks. */
export function pauseStreaksHandler(parts: LedgerParts): ChangeHandler<typeof LedgerService.method.pauseStreaks> {
  return ledgerHandler(parts, (request) => {
    const { event } = request;
    const from = readStreakDate(request.from, "from");
    const to = readStreakDateIfAny(request.to, "to");
    if (to !== undefined && to < from) {
      throw refusal("to", `must not be before from, ${request.from}`);
    }
    return (project) => {
      if (event !== undefined) {
        widgetOf(project, event);
      }
      const about = { kind: "pause" as const, ...(event !== undefined && { event }) };
      return {
        event,
        isAsked: (entry) => entry.kind === "pause" && entry.event === event && entry.from === from && entry.to === to,
        decide: () => ({ ...about, from, ...(to !== undefined && { to }) }),
        audit: { ...about, from: request.from, ...(request.to !== undefined && { to: request.to }) },
      };
    };
  });
}
