import type { Collection, Document } from "mongodb";
import { fieldsOfKind } from "../store/day-kinds.ts";
import { auditEntryOf } from "../store/mongo/audit.ts";
import type { Connection } from "../store/mongo/connection.ts";
import { eventId, keyId, labelIn, partsOf, streakId } from "../store/mongo/document-ids.ts";
import {
  type AuditDocument,
  type EventDocument,
  entriesOf,
  eventOfField,
  fieldOf,
  givenOf,
  isRepeat,
  type KeyDocument,
  meaningOf,
  type ProjectDocument,
  receivedAtOf,
  type SettingDocument,
  type StreakDocument,
  tokenOf,
} from "../store/mongo/documents.ts";
import { MIGRATION_SETTING } from "../store/mongo/migration-guard.ts";
import type { RejectionDocument } from "../store/mongo/seat-documents.ts";
import { daysByEventIn, isRedatedIn, zonesOf } from "../store/mongo/streak-documents.ts";
import type { AnyRecord, User } from "./records.ts";
import type { Retry } from "./retry.ts";

/**
 * How many documents are read at a time. The server would send 16 MiB at a time, of which the driver makes far more.
 */
const READ_AT_ONCE = 2_000;

/**
 * Yields every record that MongoDB holds, read from the documents themselves. A document whose `_id` is not made of its
 * fields is left out: the store never finds it.
 */
export async function* readBack(connection: Connection, retry: Retry): AsyncGenerator<AnyRecord> {
  const { projects, settings, tokens, streaks, events, idempotencyKeys, audit, rejections } = connection;
  // The keys first, because they expire meanwhile.
  yield* each(idempotencyKeys, retry, recordsOfKey);
  yield* each(projects, retry, recordsOfProject);
  yield* each(settings, retry, recordsOfSetting);
  yield* each(tokens, retry, (document) => [{ kind: "tokens", record: tokenOf(document) }]);
  yield* each(streaks, retry, recordsOfStreak);
  yield* each(events, retry, recordsOfEvent);
  yield* each(audit, retry, recordsOfAudit);
  yield* each(rejections, retry, recordsOfRejection);
}

/** Yields the records of a collection's documents, in the order of `_id`. */
export async function* each<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  retry: Retry,
  recordsOf: (document: Doc) => AnyRecord[],
): AsyncGenerator<AnyRecord> {
  let filter = {};
  for (;;) {
    try {
      const cursor = (collection as unknown as Collection<Document>)
        .find(filter, { batchSize: READ_AT_ONCE })
        .sort({ _id: 1 });
      for await (const document of cursor) {
        retry.succeeded();
        yield* recordsOf(document as unknown as Doc);
        filter = { _id: { $gt: document._id } };
      }
      return;
    } catch (error) {
      await retry.failed(error);
    }
  }
}

/** Returns the project of a document. */
export function recordsOfProject({ _id, ...fields }: ProjectDocument): AnyRecord[] {
  return [{ kind: "projects", record: { siteKey: _id, ...fields } }];
}

/** Returns the setting of a document, unless it is the migration's own. */
export function recordsOfSetting({ _id, value }: SettingDocument): AnyRecord[] {
  return _id === MIGRATION_SETTING ? [] : [{ kind: "settings", record: { name: _id, value } }];
}

function recordsOfStreak(document: StreakDocument): AnyRecord[] {
  const { _id, p, u, days = {}, others = {}, aliasOf } = document;
  if (_id !== streakId(p, u)) {
    return [];
  }
  const user: User = {
    ...{ projectId: p, userHash: u, ledger: entriesOf(document) },
    days: daysByEventIn({ days: ofEvents(days), others: ofEvents(others) }),
    ...zonesOf(document),
    ...isRedatedIn(document),
    ...(aliasOf !== undefined && { aliasOf }),
  };
  return [{ kind: "users", record: user }];
}

/** Leaves out fields that stand for no event: the store never reads them. */
function ofEvents<Value>(fields: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field === fieldOf(eventOfField(field))));
}

function recordsOfEvent(document: EventDocument): AnyRecord[] {
  // Notes of changed users are among the events, and are no records.
  if (document.u === undefined || document._id !== eventId(document)) {
    return [];
  }
  const { p, u, event, type, day, at, analyticsId, action, dayZone } = document;
  const fields = { projectId: p, userHash: u, event, type, day, at: at.getTime(), id: analyticsId ?? "" };
  if (action !== undefined) {
    const record = { ...fields, action, ...(dayZone !== undefined && { dayZone }), ...receivedAtOf(document) };
    return [{ kind: "actions", record }];
  }
  const kind = analyticsId === undefined ? fieldsOfKind(labelIn(document)) : {};
  const record = { ...fields, ...kind, ...receivedAtOf(document), ...givenOf(document) };
  return [{ kind: isRepeat(document) ? "repeats" : "events", record }];
}

function recordsOfKey(document: KeyDocument): AnyRecord[] {
  const { _id, p, u, expiresAt } = document;
  const key = decode(_id.slice(_id.lastIndexOf("|") + 1));
  if (_id !== keyId(p, u, key)) {
    return [];
  }
  return [{ kind: "keys", record: { projectId: p, key, expiresAt: expiresAt.getTime(), event: meaningOf(document) } }];
}

function recordsOfAudit(document: AuditDocument): AnyRecord[] {
  return [{ kind: "audit", record: auditEntryOf(document) }];
}

function recordsOfRejection({ _id, month, events }: RejectionDocument): AnyRecord[] {
  const [projectId] = partsOf(_id) as [string];
  return [{ kind: "rejections", record: { projectId, month, events } }];
}

/** Undoes the escapes of ids and fields. */
function decode(text: string): string {
  return text.replaceAll("%7C", "|").replaceAll("%2E", ".").replaceAll("%00", "\0").replaceAll("%25", "%");
}
