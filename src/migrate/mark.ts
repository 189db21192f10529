import type { Connection } from "../store/mongo/connection.ts";
import { MOVE_SETTING, type MoveState } from "../store/mongo/open.ts";
import type { Kind } from "./records.ts";
import type { Position } from "./source.ts";

/** What a move leaves in the database that it moves into. No server starts there before it says that the move is complete. */
export interface Mark extends MoveState {
  /** `fingerprintOf` what the folder held when the move began. */
  readonly fingerprint: string;
  /** How far it has come; undefined before the first batch, and again when all is to be copied once more. */
  readonly progress?: Progress;
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
  const setting = await settings.findOne({ _id: MOVE_SETTING });
  return setting === null ? undefined : JSON.parse(setting.value);
}

/** Leaves the first mark. Answers false when there is one by now: another move, or a server that started, was faster. */
export async function claimMark({ settings }: Connection, mark: Mark): Promise<boolean> {
  const value = JSON.stringify(mark);
  await settings.updateOne({ _id: MOVE_SETTING }, { $setOnInsert: { value } }, { upsert: true });
  return (await settings.findOne({ _id: MOVE_SETTING }))?.value === value;
}

/** Leaves a mark in place of the one before. */
export async function writeMark({ settings }: Connection, mark: Mark): Promise<void> {
  await settings.updateOne({ _id: MOVE_SETTING }, { $set: { value: JSON.stringify(mark) } }, { upsert: true });
}
