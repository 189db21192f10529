import type { CommandStartedEvent, Document, MongoClient } from "mongodb";
import { onTestFinished } from "vitest";
import type { SendBulk } from "#src/store/mongo/bulk.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import { silentLog } from "../../support/log.ts";

/** A store with the client that it sends its commands by. It is closed with the test. */
export function openWatched(uri: string, sendOf: (connection: Connection) => SendBulk) {
  const client = createClient(uri, { monitorCommands: true });
  const connection = new Connection(client, databaseOf(uri));
  const store = createMongoStores(connection, sendOf(connection), silentLog);
  onTestFinished(() => store.close());
  return { store, client };
}

/** What a client sends from now on. */
export function commandsOf(client: MongoClient): readonly Document[] {
  const commands: Document[] = [];
  client.on("commandStarted", ({ command }: CommandStartedEvent) => commands.push(command));
  return commands;
}

/** The commands but for those of the store's own chores, which may come at any time. */
export function withoutSweep(commands: readonly Document[]): readonly Document[] {
  return commands.filter(
    (command) =>
      command.find !== "deletions" &&
      command.filter?.linkedAt === undefined &&
      command.updates?.[0].u.$set?.ended === undefined &&
      command.filter?.claimedAt === undefined &&
      command.delete !== "tokens",
  );
}
