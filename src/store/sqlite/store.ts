import type { Outcome, ResolvedUser, StoredEvent, StreakStore } from "../streak-store.ts";
import { createNames } from "./aliases.ts";
import { createDeletions } from "./deletions.ts";
import type { DataFolder } from "./folder.ts";
import { createLinking } from "./linking.ts";
import { createProjects } from "./projects.ts";
import { createRecording } from "./record.ts";
import { createSettings } from "./settings.ts";
import { Connection } from "./sqlite.ts";
import { createUsers } from "./users.ts";

/** The store as SQLite runs it: it looks everything up, and tells what it finds of users on the way. */
export interface SqliteStore extends Omit<StreakStore, "gatherTurns" | "guessUsers" | "record" | "linkUser"> {
  record(events: readonly StoredEvent[], now: number): Promise<Recorded>;
  linkUser(projectId: string, anonymousId: string, userHash: string): Promise<Linked>;
}

/** What became of a batch. */
export interface Recorded {
  readonly outcomes: Outcome[];
  /**
   * Who the users of some events are after them, by the position of the event: of all with idempotency keys, and of those
   * who were guessed and are not what is guessed of everybody, users of their own without a zone.
   */
  readonly told: readonly (readonly [number, ResolvedUser])[];
}

/** What became of a link. */
export interface Linked {
  readonly answer: boolean;
  /** The user that it ends at, when anything has changed. */
  readonly user?: string;
  /** The name was another's alias before. */
  readonly wasAlias?: boolean;
}

/** The store on a folder that has been taken, which `close` releases. Its methods hold up the thread that calls them. */
export function createSqliteStore({ database, writeBack, release }: DataFolder): SqliteStore {
  const connection = new Connection(database);
  const names = createNames(connection);
  const { deleteProject, finishLeftOver } = createDeletions(connection);
  void finishLeftOver();
  return {
    ...createProjects(connection),
    ...createUsers(connection, names),
    ...createLinking(connection, names),
    ...createRecording(connection, names, writeBack),
    ...createSettings(connection),
    deleteProject,
    // Every other method is done before it returns its promise, and a deletion finds the store closed at its next slice.
    close: release,
  };
}
