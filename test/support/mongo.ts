import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { connectMongo, type Mongo, type MongoServer, mongoTool, startMongo } from "./mongo-server.ts";
import { requireTool } from "./tools.ts";

/**
 * Gives the tests of a file the MongoDB that all files share. They do nothing to it that others notice: each works in
 * databases of its own. Where there is none, the tests are skipped with a note.
 */
export function useMongo(): { readonly server: Mongo } {
  let mongo: Mongo | undefined;
  beforeAll(() => {
    const uri = inject("mongodbUri");
    mongo = uri === undefined ? undefined : connectMongo(uri);
  });
  beforeEach((context) => requireTool(context, mongoTool));
  afterAll(() => mongo?.[Symbol.asyncDispose]());
  return {
    get server() {
      return mongo as Mongo;
    },
  };
}

/**
 * Gives the tests of a file a MongoDB of their own, to fail its commands and to have it step down.
 *
 * @param tool what the tests need: `ownMongoTool` where they kill it, which they can't do to the one of `TEST_MONGODB_URI`
 */
export function useOwnMongo(tool = mongoTool): { readonly server: MongoServer } {
  let mongo: MongoServer | undefined;
  beforeAll(async () => {
    mongo = tool.present ? await startMongo() : undefined;
  });
  beforeEach((context) => requireTool(context, tool));
  afterAll(() => mongo?.[Symbol.asyncDispose]());
  return {
    get server() {
      return mongo as MongoServer;
    },
  };
}
