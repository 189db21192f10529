import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { refusal } from "../../errors.ts";
import { readStreakDate, readStreakDateIfAny } from "../date.ts";
import { widgetOf } from "../projects/projects.ts";
import { changeLedgers, checkUsers, type LedgerParts } from "./change-ledgers.ts";

/** Creates the handler that pauses streaks. */
export function pauseStreaksHandler({
  projects,
  ...parts
}: LedgerParts): ChangeHandler<typeof LedgerService.method.pauseStreaks> {
  return async (request, call) => {
    checkUsers(request);
    const { siteKey, event } = request;
    const from = readStreakDate(request.from, "from");
    const to = readStreakDateIfAny(request.to, "to");
    if (to !== undefined && to < from) {
      throw refusal("to", `must not be before from, ${request.from}`);
    }
    const project = await projects.require(siteKey, call);
    if (event !== undefined) {
      widgetOf(project, event);
    }
    const days = { ...(event !== undefined && { event }), from, ...(to !== undefined && { to }) };
    const { from: fromDate, to: toDate } = request;
    return changeLedgers(
      parts,
      project,
      request,
      {
        event,
        isAsked: (entry) => entry.kind === "pause" && entry.event === event && entry.from === from && entry.to === to,
        decide: () => ({ kind: "pause", ...days }),
        audit: {
          kind: "pause",
          ...(event !== undefined && { event }),
          from: fromDate,
          ...(toDate !== undefined && { to: toDate }),
        },
      },
      call,
    );
  };
}
