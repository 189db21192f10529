import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { repairOn } from "../../domain/streaks/repair-offer.ts";
import { rulesFor, rulesOfUser } from "../../domain/streaks/rules-for.ts";
import { widgetOf } from "../projects/projects.ts";
import { changeLedgers, checkUsers, type LedgerParts } from "./change-ledgers.ts";
import { notRepairable } from "./not-repairable.ts";

/** Creates the handler that repairs streaks. */
export function repairStreaksHandler({
  projects,
  ...parts
}: LedgerParts): ChangeHandler<typeof LedgerService.method.repairStreaks> {
  return async (request, call) => {
    checkUsers(request);
    const { siteKey, event } = request;
    const project = await projects.require(siteKey, call);
    const isOnlyUser = request.userHashes.length === 1;
    const ofWidget = rulesFor(widgetOf(project, event), project);
    return changeLedgers(
      parts,
      project,
      request,
      {
        event,
        // On which day, and which runs it joins, was decided when the entry was added.
        isAsked: (entry) => entry.kind === "repair" && entry.event === event,
        decide({ days, entries, present }, name) {
          const history = days.get(event) ?? { days: {} };
          const rules = rulesOfUser(ofWidget, entries, event);
          const now = present(event, rules);
          const repair = repairOn(history, rules, now);
          if ("refused" in repair) {
            throw notRepairable({ name, isOnlyUser, event, today: now.today }, repair);
          }
          return { kind: "repair", event, from: now.today, ...repair };
        },
        isForLedgerAsRead: true,
        audit: { kind: "repair", event },
      },
      call,
    );
  };
}
