import type { Connection } from "../store/mongo/connection.ts";
import { MIGRATION_SETTING, type MigrationStatus } from "../store/mongo/migration-guard.ts";
import type { Kind, Position } from "./records.ts";

/**
 * What a migration keeps in the target database. No server starts there before it says that the migration is complete.
 */
export interface MigrationState extends MigrationStatus {
  /** `fingerprintOf` what the folder held when the migration began. */
  readonly fingerprint: string;
  /** How far copying has come. Unset before the first batch, and again when everything is to be copied once more. */
  readonly progress?: Progress;
}

/** How far copying has come. Everything before is in MongoDB for good. */
export interface Progress {
  readonly kind: Kind;
  /** The last record of that kind that was copied. Unset when there is none yet. */
  readonly after?: Position;
  /** How many records of that kind were copied. */
  readonly copied: number;
}

/** Returns the state that an earlier run has left. */
export async function readState({ settings }: Connection): Promise<MigrationState | undefined> {
  const setting = await settings.findOne({ _id: MIGRATION_SETTING });
  return setting === null ? undefined : JSON.parse(setting.value);
}

/** Writes the first state. Returns false when another migration, or a server that started, has written one first. */
export async function claimState({ settings }: Connection, state: MigrationState): Promise<boolean> {
  const value = JSON.stringify(state);
  await settings.updateOne({ _id: MIGRATION_SETTING }, { $setOnInsert: { value } }, { upsert: true });
  return (await settings.findOne({ _id: MIGRATION_SETTING }))?.value === value;
}

/** Replaces the state. */
export async function writeState({ settings }: Connection, state: MigrationState): Promise<void> {
  await settings.updateOne({ _id: MIGRATION_SETTING }, { $set: { value: JSON.stringify(state) } }, { upsert: true });
}
