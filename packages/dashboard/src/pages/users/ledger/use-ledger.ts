import { useQuery } from "@connectrpc/connect-query";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { LedgerOwner } from "./change.ts";
import { readLedger, type Topic } from "./entries.ts";

/** Reads what a user's ledger has about a topic. All topics share one call. */
export function useLedger({ siteKey, user }: LedgerOwner, topic: Topic) {
  const query = useQuery(LedgerService.method.listLedgerEntries, { siteKey, userHash: user.userHash });
  const entries = query.data && readLedger(query.data.entries).filter((read) => read.topic === topic);
  return { ...query, data: entries };
}
