import type { Connection } from "../store/mongo/connection.ts";
import type { Kind } from "./records.ts";
import type { Position } from "./source.ts";

/** The setting that the mark is kept in. Servers don't look at it. */
export const MARK = "move";

/** What a move leaves in the database that it moves into. Losing it costs nothing but the time to copy once more. */
export interface Mark {
  /** The folder, for the operator to recognise. */
  readonly from: string;
  /** `fingerprintOf` what the folder held when the move began. */
  readonly fingerprint: string;
  /** How far it has come; undefined before the first batch, and again when all is to be copied once more. */
  readonly progress?: Progress;
  /** When it was found complete, as ISO 8601. */
  readonly completedAt?: string;
}

/** How far copying has come. What comes before is in MongoDB for good. */
export interface Progress {
  readonly kind: Kind;
  /** The last record of that kind that was copied; undefined when there is none yet. */
  readonly after?: Position;
  /** How many of that kind were copied. */
  readonly copied: number;
}

/** The mark of an earlier run. */
export async function readMark({ settings }: Connection): Promise<Mark | undefined> {
  const setting = await settings.findOne({ _id: MARK });
  return setting === null ? undefined : JSON.parse(setting.value);
}

/** Leaves a mark in place of the one before. */
export async function writeMark({ settings }: Connection, mark: Mark): Promise<void> {
  await settings.updateOne({ _id: MARK }, { $set: { value: JSON.stringify(mark) } }, { upsert: true });
}
