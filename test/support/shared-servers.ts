import type { TestProject } from "vitest/node";
import { mongoTool, startMongo } from "./mongo-server.ts";
import { redisTool, startRedis } from "./redis.ts";

declare module "vitest" {
  /** Where the servers are that all files share; undefined where this machine has none. */
  interface ProvidedContext {
    mongodbUri: string | undefined;
    redisUri: string | undefined;
  }
}

/** Starts the servers that all files share, before the first of them. Vitest calls what is returned after the last. */
export default async function startSharedServers(project: TestProject): Promise<() => Promise<void>> {
  const servers = new AsyncDisposableStack();
  const mongo = mongoTool.present ? servers.use(await startMongo()) : undefined;
  const redis = redisTool.present ? servers.use(await startRedis()) : undefined;
  project.provide("mongodbUri", mongo?.uri());
  project.provide("redisUri", redis?.uri);
  return () => servers.disposeAsync();
}
