import type { Collection, Document } from "mongodb";
import type { Months } from "../domain/months.ts";
import type { Connection } from "../store/mongo/connection.ts";
import {
  type EventDocument,
  eventId,
  fieldOf,
  givenOf,
  type IntentDocument,
  intentId,
  meaningOf,
  type ProjectDocument,
  type SettingDocument,
  type StreakDocument,
  streakId,
  zoneOf,
} from "../store/mongo/documents.ts";
import { MOVE_SETTING } from "../store/mongo/open.ts";
import type { AnyRecord, User } from "./records.ts";
import type { Patience } from "./retry.ts";

/** How many documents are asked for at a time; the server's own measure is 16 MiB, of which the driver makes far more. */
const READ_AT_ONCE = 2_000;

/**
 * Every record that MongoDB holds, read from the documents themselves. One under an `_id` that is not made of its fields
 * is left out: the store never finds it there.
 */
export async function* readBack(connection: Connection, patience: Patience): AsyncGenerator<AnyRecord> {
  const { projects, settings, streaks, events, intents } = connection;
  // The keys first, since they are what expires meanwhile.
  yield* each(intents, patience, recordsOfIntent);
  yield* each(projects, patience, recordsOfProject);
  yield* each(settings, patience, recordsOfSetting);
  yield* each(streaks, patience, recordsOfStreak);
  yield* each(events, patience, recordsOfEvent);
}

/** The records of a collection's documents, in the order of `_id`. */
export async function* each<Doc extends Document & { _id: string }>(
  collection: Collection<Doc>,
  patience: Patience,
  recordsOf: (document: Doc) => AnyRecord[],
): AsyncGenerator<AnyRecord> {
  let filter = {};
  for (;;) {
    try {
      const cursor = (collection as unknown as Collection<Document>)
        .find(filter, { batchSize: READ_AT_ONCE })
        .sort({ _id: 1 });
      for await (const document of cursor) {
        patience.worked();
        yield* recordsOf(document as unknown as Doc);
        filter = { _id: { $gt: document._id } };
      }
      return;
    } catch (error) {
      await patience.failed(error);
    }
  }
}

/** The project of a document. */
export function recordsOfProject({ _id, ...fields }: ProjectDocument): AnyRecord[] {
  return [{ kind: "projects", record: { siteKey: _id, ...fields } }];
}

/** The setting of a document, unless it is the move's own. */
export function recordsOfSetting({ _id, value }: SettingDocument): AnyRecord[] {
  return _id === MOVE_SETTING ? [] : [{ kind: "settings", record: { name: _id, value } }];
}

function recordsOfStreak(document: StreakDocument): AnyRecord[] {
  const { _id, p, u, days = {}, aliasOf } = document;
  if (_id !== streakId(p, u)) {
    return [];
  }
  const user: User = {
    ...{ projectId: p, userHash: u, days: daysOf(days) },
    ...zoneOf(document),
    ...(aliasOf !== undefined && { aliasOf }),
  };
  return [{ kind: "users", record: user }];
}

/** The days by event. Those in a field that stands for no event are left out: the store never finds them there. */
function daysOf(fields: Readonly<Record<string, Months>>): Map<string, Months> {
  const days = Object.entries(fields).map(([field, months]) => [field, decode(field.slice(1)), months] as const);
  return new Map(days.filter(([field, event]) => field === fieldOf(event)).map(([, event, months]) => [event, months]));
}

function recordsOfEvent(document: EventDocument): AnyRecord[] {
  if (document._id !== eventId(document)) {
    return [];
  }
  const { p, u, event, type, day, at, analyticsId } = document;
  const fields = { projectId: p, userHash: u, event, type, day, at: at.getTime(), id: analyticsId ?? "" };
  return [{ kind: "events", record: { ...fields, ...givenOf(document) } }];
}

function recordsOfIntent(intent: IntentDocument): AnyRecord[] {
  const { _id, p, expiresAt } = intent;
  const key = decode(_id.slice(_id.indexOf("|") + 1));
  if (_id !== intentId(p, key)) {
    return [];
  }
  return [{ kind: "keys", record: { projectId: p, key, expiresAt: expiresAt.getTime(), event: meaningOf(intent) } }];
}

/** Undoes the escapes of ids and fields. */
function decode(text: string): string {
  return text.replaceAll("%7C", "|").replaceAll("%2E", ".").replaceAll("%00", "\0").replaceAll("%25", "%");
}
