import type { StreakStore } from "../streak-store.ts";
import { createAliases } from "./aliases.ts";
import { createDeletions } from "./deletions.ts";
import type { DataFolder } from "./folder.ts";
import { createLinking } from "./linking.ts";
import { createProjects } from "./projects.ts";
import { createRecording } from "./record.ts";
import { createSettings } from "./settings.ts";
import { Connection } from "./sqlite.ts";
import { createUsers } from "./users.ts";
import { createZones } from "./zones.ts";

/** The store on a folder that has been taken, which `close` releases. Its methods hold up the thread that calls them. */
export function createEmbeddedStore({ database, release }: DataFolder): StreakStore {
  const connection = new Connection(database);
  const aliases = createAliases(connection);
  const zones = createZones(connection);
  const { deleteProject, finishLeftOver } = createDeletions(connection);
  void finishLeftOver();
  return {
    ...createProjects(connection),
    ...createUsers(connection, aliases, zones),
    ...createLinking(connection, aliases, zones),
    ...createRecording(connection, aliases, zones),
    ...createSettings(connection),
    deleteProject,
    // Every other method is done before it returns its promise, and a deletion finds the store closed at its next slice.
    close: async () => release(),
  };
}
