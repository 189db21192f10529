import { resolve } from "node:path";
import type { SettingsReader } from "./settings-reader.ts";

const HOUR_MS = 60 * 60 * 1000;

/** When scheduled backups are made, and how many are kept. */
export interface BackupConfig {
  /** The folder of the backups, as an absolute path. */
  readonly folder: string;
  /** How long after one backup began the next one is due, in milliseconds. */
  readonly everyMs: number;
  /** How many backups are kept. */
  readonly keep: number;
}

/**
 * Reads when to make backups; undefined means never.
 *
 * @param dataDir the embedded data folder; undefined when MongoDB keeps the data
 */
export function readBackups(settings: SettingsReader, dataDir: string | undefined): BackupConfig | undefined {
  const given = settings.text("BACKUP_DIR");
  const hours = settings.integer("BACKUP_EVERY_HOURS");
  const keep = settings.integer("BACKUP_KEEP");
  if (given === undefined) {
    for (const name of ["BACKUP_EVERY_HOURS", "BACKUP_KEEP"].filter((one) => settings.given(one) !== undefined)) {
      settings.refuse(name, `${name} needs BACKUP_DIR, the folder for the backups; set it, or unset ${name}`);
    }
    return undefined;
  }
  const folder = resolve(given);
  if (dataDir === undefined) {
    settings.refuse(
      "BACKUP_DIR",
      "BACKUP_DIR is for the embedded store, and MONGODB_URI is set: unset BACKUP_DIR, and back MongoDB up with mongodump, as docs/operations.md says",
    );
  } else if (folder === dataDir) {
    settings.refuse("BACKUP_DIR", "BACKUP_DIR must not be DATA_DIR: choose another folder, best on another disk");
  }
  return { folder, everyMs: hours * HOUR_MS, keep };
}
