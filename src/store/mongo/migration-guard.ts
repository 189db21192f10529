import { StartError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

/**
 * The setting in which a migration into the database keeps its state. The name is from before it was called a
 * migration, and stays because databases hold it.
 */
export const MIGRATION_SETTING = "move";

/** What a server has to know of a migration. As JSON it is a part of that setting. */
export interface MigrationStatus {
  /** The data folder that is migrated, for the operator to recognise. */
  readonly from: string;
  /** When everything was found to be there, as ISO 8601. */
  readonly completedAt?: string;
}

/**
 * Refuses a database with an unfinished migration: what a server writes would get in the way of the rest, and users
 * would miss what is yet to come.
 *
 * @throws StartError when a migration has begun and is not complete
 */
export async function refuseUnfinishedMigration({ settings, database }: Connection): Promise<void> {
  const setting = await settings.findOne({ _id: MIGRATION_SETTING });
  if (setting === null) {
    return;
  }
  const { from, completedAt }: MigrationStatus = JSON.parse(setting.value);
  if (completedAt === undefined) {
    throw new StartError(
      `A migration of ${from} into the database ${database.databaseName} has begun and is not complete. Run npm run migrate again, with that folder as DATA_DIR and this MONGODB_URI, until it says that the migration is complete; or drop the database if it is not to be migrated after all.`,
    );
  }
}
