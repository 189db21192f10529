import type { StreakStore } from "../streak-store.ts";
import { Aliases } from "./aliases.ts";
import { type DataFolder, takeDataFolder } from "./folder.ts";
import { createProjects } from "./projects.ts";
import { createRecording } from "./record.ts";
import { createSettings } from "./settings.ts";
import { Connection } from "./sqlite.ts";
import { createUsers } from "./users.ts";
import { Zones } from "./zones.ts";

/**
 * Opens the store that needs nothing beside it: one SQLite file in a folder that this process holds alone until `close`.
 *
 * @throws DataFolderError when the folder can't be used; its message says how to mend that
 */
export async function openEmbeddedStore(dataDir: string): Promise<StreakStore> {
  return createEmbeddedStore(await takeDataFolder(dataDir));
}

/** The store on a folder that has been taken, which `close` releases. */
export function createEmbeddedStore({ database, release }: DataFolder): StreakStore {
  const connection = new Connection(database);
  const aliases = new Aliases(connection);
  const zones = new Zones(connection);
  return {
    ...createProjects(connection),
    ...createUsers(connection, aliases, zones),
    ...createRecording(connection, aliases, zones),
    ...createSettings(connection),
    // Every method is done before it returns its promise, so nothing can be under way.
    close: async () => release(),
  };
}
