import { mongoTool, startMongo } from "../../test/support/mongo-server.ts";
import { redisTool, startRedis } from "../../test/support/redis.ts";

/** The servers that contenders keep their data in, shared by all of them; each has a database of its own in either. */
export interface Databases extends AsyncDisposable {
  /** What they are and how they are set, in a line for the reader of the numbers. */
  readonly description: string;
  /** Their processes, as far as they run here. */
  readonly pids: readonly number[];
  /** A new database in each, as streakd's settings. */
  place(): { readonly MONGODB_URI: string; readonly REDIS_URL: string };
  /** Empties them, for the next one. */
  remove(place: ReturnType<Databases["place"]>): Promise<void>;
  /** How large such a database is: its data as stored and its indexes, in bytes, as the server says. */
  sizeOf(mongodbUri: string): Promise<number>;
}

/** How many databases a Redis has by default. */
const REDIS_DATABASES = 16;

/**
 * Starts those that tests start, with the same settings: see test/support.
 *
 * @throws when this machine has none; the message says how to get them
 */
export async function startDatabases(): Promise<Databases> {
  for (const tool of [mongoTool, redisTool]) {
    if (!tool.present) {
      throw new Error(tool.missing);
    }
  }
  await using started = new AsyncDisposableStack();
  const mongo = started.use(await startMongo());
  const redis = started.use(await startRedis());
  const admin = mongo.client.db("admin");
  const { version, secantusVersion } = await admin.command({ buildInfo: 1 });
  const status = await admin.command({ serverStatus: 1 });
  const info = `${await redis.command("INFO", "server")}`;
  const given = process.env.TEST_MONGODB_URI !== undefined;
  const mongoName = given
    ? `MongoDB ${version} of TEST_MONGODB_URI`
    : secantusVersion === undefined
      ? `mongod ${version}, one member, WiredTiger cache 256 MB`
      : `secantusd-rs ${secantusVersion}, one member, --sync-on-commit, WiredTiger cache 256 MB`;
  const freeRedis = Array.from({ length: REDIS_DATABASES }, (_, database) => `${redis.uri}/${database}`);
  const open = started.move();

  return {
    description: `${mongoName}; Redis ${/^redis_version:(\S+)/m.exec(info)?.[1]}, nothing on disk`,
    pids: [...(given ? [] : [Number(status.pid)]), Number(/^process_id:(\d+)/m.exec(info)?.[1])],
    place() {
      const REDIS_URL = freeRedis.shift();
      if (REDIS_URL === undefined) {
        throw new Error(`more than ${REDIS_DATABASES} contenders want a Redis database of their own`);
      }
      return { MONGODB_URI: mongo.uri(), REDIS_URL };
    },
    async remove({ MONGODB_URI, REDIS_URL }) {
      await mongo.client.db(nameOf(MONGODB_URI)).dropDatabase();
      await redis.command(
        "EVAL",
        "redis.call('SELECT', ARGV[1]) redis.call('FLUSHDB')",
        0,
        REDIS_URL.replace(/.*\//, ""),
      );
      freeRedis.push(REDIS_URL);
    },
    async sizeOf(mongodbUri) {
      const { storageSize, indexSize } = await mongo.client.db(nameOf(mongodbUri)).stats();
      return storageSize + indexSize;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The database that a URI names. */
function nameOf(mongodbUri: string): string {
  return new URL(mongodbUri.replace(/^mongodb(\+srv)?/, "http")).pathname.slice(1);
}
