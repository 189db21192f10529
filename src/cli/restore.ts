import { resolve } from "node:path";
import { refuseMongo } from "./refuse-mongo.ts";
import type { Subcommand } from "./subcommand.ts";

/** Puts a backup in place of the embedded store's database. */
export const restore: Subcommand = {
  name: "restore",
  summary: "put a backup in place of the data of DATA_DIR, and keep the old data beside it; stop the server first",
  failure: "The backup can't be restored",
  declare(command) {
    command.argument("<file>", "a file that streakd backup has made");
  },
  async run({ dataDir, mongodbUri }, command) {
    refuseMongo(mongodbUri, 'mongorestore --uri "$MONGODB_URI" --oplogReplay --drop --gzip --archive=streakd.gz');
    const { restore } = await import("../backup/restore.ts");
    const [file] = command.processedArgs as [string];
    const kept = await restore({ dataDir, file }, Date.now);
    const lines = [
      `${dataDir} now holds what ${resolve(file)} holds.`,
      ...(kept === undefined ? [] : [`What was there is kept as ${kept}; delete it when you need it no more.`]),
      "Next: if REDIS_URL is set, empty that Redis (redis-cli FLUSHDB). Then start streakd.",
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  },
};
