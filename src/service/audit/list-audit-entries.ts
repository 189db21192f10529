import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import {
  type AuditEntry as AuditEntryMessage,
  AuditEntrySchema,
  AuditOutcome,
  type ListAuditEntriesRequest,
} from "#gen/streak/v1/audit_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Principal } from "../../call/principal.ts";
import type { AuditEntry, AuditFilter } from "../../store/audit.ts";
import { pageOf, readPageToken } from "../page-token.ts";
import type { AuditLog } from "./audit-log.ts";

/** How many entries a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 50;

const OUTCOMES = {
  done: AuditOutcome.DONE,
  unknown: AuditOutcome.UNKNOWN,
  refused: AuditOutcome.REFUSED,
} as const;

/** Creates the handler that lists the audit log, a page at a time. */
export function listAuditEntriesHandler(audit: AuditLog): Handler<typeof AdminService.method.listAuditEntries> {
  return async (request, { principal }) => {
    const list = [request.siteKey, request.actor];
    const before = readPageToken(request.pageToken, list);
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const found = await audit.list(filterOf(request, principal), before, pageSize + 1);
    const { page, nextPageToken } = pageOf(found, pageSize, ({ id }) => id, list);
    return { entries: page.map(entryToMessage), nextPageToken };
  };
}

/**
 * Returns which entries a caller may read. A project's token reads the entries of its project by the internal id, and not
 * those of an earlier or a later project with the same `siteKey`. Other callers filter by `siteKey`. The log keeps the
 * `siteKey` of deleted projects, so a `siteKey` that no project has is no error.
 */
function filterOf({ siteKey, actor }: ListAuditEntriesRequest, { token }: Principal): AuditFilter {
  const byActor = actor === "" ? {} : { actor };
  if (token?.project !== undefined) {
    return { ...byActor, projectId: token.project.id };
  }
  return { ...byActor, ...(siteKey !== "" && { siteKey }) };
}

function entryToMessage(entry: AuditEntry): AuditEntryMessage {
  const { at, outcome, before, after, clipped, projectId, series, ...texts } = entry;
  return create(AuditEntrySchema, {
    ...texts,
    time: timestampFromMs(at),
    outcome: OUTCOMES[outcome],
    clipped: [...(clipped ?? [])],
    ...(before !== undefined && { before: JSON.parse(before) }),
    ...(after !== undefined && { after: JSON.parse(after) }),
  });
}
