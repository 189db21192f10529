import { readConfig } from "../config/config.ts";
import { StartError } from "../errors.ts";
import { isUnavailable } from "../store/mongo/errors.ts";
import { migrate } from "./migrate.ts";

/**
 * Migrates as an operator asks for it: settings from the environment, progress to stdout, exit code 0 when all has
 * arrived.
 */
async function main(): Promise<void> {
  const { dataDir, mongodbUri } = readConfig(process.env);
  if (mongodbUri === undefined) {
    throw new StartError(
      "MONGODB_URI is not set. Set it to the MongoDB to migrate to, such as mongodb://host1,host2,host3/streakd?replicaSet=rs0.",
    );
  }
  if (!(await migrate({ dataDir, mongodbUri }, Date.now, (line) => process.stdout.write(`${line}\n`)))) {
    process.exitCode = 1;
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof StartError) {
    return error.message;
  }
  if (isUnavailable(error)) {
    return `MongoDB can't be reached any more: ${(error as Error).message}. Run the same command again; it goes on where it stopped.`;
  }
  return error instanceof Error ? error.stack : error;
}

try {
  await main();
} catch (error) {
  console.error(`The migration can't go on: ${problemOf(error)}`);
  process.exitCode = 1;
}
