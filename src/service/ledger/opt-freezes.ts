import { rulesFor, rulesOfUser } from "../../domain/streaks/rules-for.ts";
import { readStreakDateIfAny } from "../date.ts";
import { widgetOf } from "../projects/projects.ts";
import { type LedgerParts, type LedgerRequest, ledgerHandler } from "./change-ledgers.ts";

/** What the requests to opt out of freezes and to opt in to them have in common: all but their names. */
interface OptRequest extends LedgerRequest {
  readonly event?: string | undefined;
  readonly from?: string | undefined;
}

/**
 * Creates the handler by which users opt out of freezes, or in to them again. Whether the user has opted already plays no
 * part: what holds on a day follows from all entries, also from those that are added later for other days.
 */
export function optFreezesHandler(parts: LedgerParts, kind: "optOut" | "optIn") {
  return ledgerHandler(parts, (request: OptRequest) => {
    const { event } = request;
    const asked = readStreakDateIfAny(request.from, "from");
    return (project) => {
      const rules = event === undefined ? undefined : rulesFor(widgetOf(project, event), project);
      const about = { kind, ...(event !== undefined && { event }) };
      return {
        event,
        // From which day on, where the request names none, was decided when the entry was added.
        isAsked: (entry) =>
          entry.kind === kind && entry.event === event && (asked === undefined || entry.from === asked),
        decide({ entries, date, momentOf }) {
          const today = () =>
            event === undefined || rules === undefined
              ? date
              : momentOf(event, rulesOfUser(rules, entries, event)).present.today;
          return { ...about, from: asked ?? today() };
        },
        audit: { ...about, ...(request.from !== undefined && { from: request.from }) },
      };
    };
  });
}
