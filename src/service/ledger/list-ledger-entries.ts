import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { LedgerStore } from "../../store/ledger.ts";
import type { Projects } from "../projects/projects.ts";
import { entryToMessage } from "./entry-message.ts";

/** Creates the handler that lists the entries of a user's ledger. */
export function listLedgerEntriesHandler(
  projects: Projects,
  ledger: LedgerStore,
): Handler<typeof LedgerService.method.listLedgerEntries> {
  return async ({ siteKey, userHash }, call) => {
    const project = await projects.require(siteKey, call);
    call.subject = { project: siteKey, userHash };
    call.deadline.check();
    const entries = await ledger.readLedger({ projectId: project.id, userHash });
    return { entries: entries.map(entryToMessage) };
  };
}
