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
import type { AuditEntry, AuditFilter, AuditStore } from "../../store/audit.ts";
import { pageTokenAfter, readPageToken } from "../page-token.ts";
import type { Projects } from "../projects/projects.ts";

/** How many entries a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 50;

const OUTCOMES = {
  done: AuditOutcome.DONE,
  unknown: AuditOutcome.UNKNOWN,
  refused: AuditOutcome.REFUSED,
} as const;

/** Creates the handler that lists the audit log, a page at a time. */
export function listAuditEntriesHandler(
  audit: AuditStore,
  projects: Projects,
): Handler<typeof AdminService.method.listAuditEntries> {
  return async (request, { principal }) => {
    const list = [request.siteKey, request.actor];
    const before = readPageToken(request.pageToken, list);
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const filter = await filterOf(request, principal, projects);
    // One entry more tells whether there is another page.
    const found = filter === undefined ? [] : await audit.listAuditEntries(filter, before, pageSize + 1);
    const page = found.slice(0, pageSize);
    const last = found.length > pageSize ? page.at(-1) : undefined;
    return {
      entries: page.map(entryToMessage),
      nextPageToken: last === undefined ? "" : pageTokenAfter(last.id, list),
    };
  };
}

/**
 * Returns which entries a caller may read; undefined means none. A project's token reads the entries of its project,
 * and not those of an earlier project with the same `siteKey`.
 */
async function filterOf(
  { siteKey, actor }: ListAuditEntriesRequest,
  { token }: Principal,
  projects: Projects,
): Promise<AuditFilter | undefined> {
  const ofActor = actor === "" ? {} : { actor };
  if (token?.siteKey === undefined) {
    return { ...ofActor, ...(siteKey !== "" && { siteKey }) };
  }
  const project = await projects.read(token.siteKey);
  return project && { ...ofActor, projectId: project.id };
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
