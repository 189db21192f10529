import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { repairOn } from "../../domain/streaks/repair-offer.ts";
import { rulesFor, rulesOfUser } from "../../domain/streaks/rules-for.ts";
import { widgetOf } from "../projects/projects.ts";
import { type LedgerParts, ledgerHandler } from "./change-ledgers.ts";
import { notRepairable } from "./not-repairable.ts";

/** Creates the handler that repairs streaks. */
export function repairStreaksHandler(parts: LedgerParts): ChangeHandler<typeof LedgerService.method.repairStreaks> {
  return ledgerHandler(parts, ({ event, userHashes }) => (project) => {
    const isOnlyUser = userHashes.length === 1;
    const ofWidget = rulesFor(widgetOf(project, event), project);
    return {
      event,
      // On which day, and which runs it joins, was decided when the entry was added.
      isAsked: (entry) => entry.kind === "repair" && entry.event === event,
      decide({ entries, momentOf }, name) {
        const rules = rulesOfUser(ofWidget, entries, event);
        const { settled, present } = momentOf(event, rules);
        const repair = repairOn(settled, rules, present);
        if ("refused" in repair) {
          throw notRepairable({ name, isOnlyUser, event, today: present.today }, repair);
        }
        return { kind: "repair", event, from: present.today, ...repair };
      },
      isForLedgerAsRead: true,
      audit: { kind: "repair", event },
    };
  });
}
