import { StartError } from "../errors.ts";
import type { Subcommand } from "./subcommand.ts";

/** Migrates from an embedded data folder into MongoDB. The exit code is 0 when everything has arrived. */
export const migrate: Subcommand = {
  name: "migrate",
  summary: "copy the data folder DATA_DIR into the MongoDB of MONGODB_URI, and compare the two",
  failure: "The migration can't go on",
  async run({ dataDir, mongodbUri }) {
    if (mongodbUri === undefined) {
      throw new StartError(
        "MONGODB_URI is not set. Set it to the MongoDB to migrate to, such as mongodb://host1,host2,host3/streakd?replicaSet=rs0.",
      );
    }
    const [{ migrate }, { isUnavailable }] = await Promise.all([
      import("../migrate/migrate.ts"),
      import("../store/mongo/errors.ts"),
    ]);
    try {
      if (!(await migrate({ dataDir, mongodbUri }, Date.now, (line) => process.stdout.write(`${line}\n`)))) {
        process.exitCode = 1;
      }
    } catch (error) {
      if (!isUnavailable(error)) {
        throw error;
      }
      throw new StartError(
        `MongoDB can't be reached any more: ${(error as Error).message}. Run the same command again; it goes on where it stopped.`,
        { cause: error },
      );
    }
  },
};
