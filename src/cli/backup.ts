import { resolve } from "node:path";
import { refuseMongo } from "./refuse-mongo.ts";
import type { Subcommand } from "./subcommand.ts";

/** Backs up the embedded store, on which a server may be running. */
export const backup: Subcommand = {
  name: "backup",
  summary: "copy the data of DATA_DIR into a file, while the server runs or not, and check the copy",
  failure: "The backup can't be made",
  declare(command) {
    command.argument("<file>", "the file to make").option("--force", "overwrite the file if it exists");
  },
  async run({ dataDir, mongodbUri }, command) {
    refuseMongo(mongodbUri, 'mongodump --uri "$MONGODB_URI" --oplog --gzip --archive=streakd.gz');
    const { backUp } = await import("../backup/back-up.ts");
    const [file] = command.processedArgs as [string];
    const bytes = await backUp({ dataDir, file, mayOverwrite: command.opts<{ force?: true }>().force === true });
    process.stdout.write(
      `${resolve(file)} holds all that ${dataDir} held when the backup began: ${bytes} bytes, checked.\n`,
    );
  },
};
