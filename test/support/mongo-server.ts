import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Document, MongoClient, MongoNetworkError, MongoServerSelectionError } from "mongodb";
import { freePort } from "./free-port.ts";
import type { Tool } from "./tools.ts";

/** The folder that `scripts/test-servers.sh` fills, and the version that it installs there. */
const CACHE = process.env.STREAKD_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "streakd");
const SECANTUS = join(CACHE, "secantus-mdb-0.5.3-beta.196/bin/secantusd-rs");

/**
 * How long a server may take to answer after its start, in milliseconds, before it counts as hanging. Less than the time
 * that vitest gives a hook, because that would not show what the server has written.
 */
const START_TIMEOUT_MS = 25_000;

/**
 * Runs a server until stdin ends, which it does when the test's process ends, in whatever way. The test's process could not
 * end the server itself: a process that is killed cleans nothing up. Exits with the server's status.
 */
const KEEPER = '"$@" & read _; kill -9 $!; wait $!';

/** The status that shells give a process that SIGKILL has ended. */
const KILLED = 128 + 9;

/** The name of the replica set that the tests' `mongod` is the one member of. */
const REPLICA_SET = "streakd";

interface Program {
  readonly command: string;
  /** The arguments to serve on a port with the data in a folder. */
  readonly args: (port: number, folder: string) => string[];
  readonly replicaSet: string;
  /** Whether its replica set has to be initiated once. */
  readonly initiate: boolean;
}

const MONGOD: Omit<Program, "command"> = {
  args: (port, folder) => [
    ...["--port", `${port}`, "--bind_ip", "127.0.0.1", "--dbpath", folder, "--replSet", REPLICA_SET],
    ...["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "enableTestCommands=1"],
  ],
  replicaSet: REPLICA_SET,
  initiate: true,
};

const SECANTUSD: Omit<Program, "command"> = {
  args: (port, folder) => [
    ...["--port", `${port}`, "--host", "127.0.0.1", "--storage-path", folder],
    ...["--cache-size", "256M", "--log-file-max", "8MB", "--sync-on-commit", "--enable-test-commands"],
  ],
  replicaSet: "secantus",
  initiate: false,
};

const program = findProgram();

/** Whether there is a MongoDB for tests. */
export const mongoTool: Tool = {
  present: process.env.TEST_MONGODB_URI !== undefined || program !== undefined,
  missing:
    "MongoDB is missing: run scripts/test-servers.sh, or set TEST_MONGODB_URI, to try what streakd keeps in MongoDB",
};

/** Whether tests can start a MongoDB of their own, which they may kill. */
export const ownMongoTool: Tool = {
  present: process.env.TEST_MONGODB_URI === undefined && program !== undefined,
  missing:
    process.env.TEST_MONGODB_URI === undefined
      ? mongoTool.missing
      : "The MongoDB of TEST_MONGODB_URI can't be killed: unset it, and run scripts/test-servers.sh, to try what streakd does then",
};

/** A MongoDB that tests may share, each with databases of its own. */
export interface Mongo extends AsyncDisposable {
  /** Names a database, to be given to the store; a new one each time when none is named. */
  uri(database?: string): string;
  /** A client of the tests' own, not touched by what they do to the server's commands. */
  readonly client: MongoClient;
}

/** A MongoDB that tests may trouble, since nobody else uses it. */
export interface MongoServer extends Mongo {
  /**
   * Makes commands fail, as the server's `failCommand` does.
   *
   * @param mode `{ times: 1 }` for the next one, `{ skip: 1 }` for all but the next one, `"alwaysOn"` or `"off"`
   * @param data such as `{ failCommands: ["find"], appName: "one client", errorCode: 10107 }`; with `closeConnection: true`
   *   the command is not done, with `writeConcernError` it is
   */
  failCommand(mode: Document | "alwaysOn" | "off", data?: Document): Promise<void>;
  /** Makes the primary step down; it, being the only member, is elected again after `seconds`. */
  stepDown(seconds: number): Promise<void>;
  /** Whether it takes writes. */
  isPrimary(): Promise<boolean>;
  /**
   * Ends it with SIGKILL. Only of a server of the tests' own, as the next two.
   *
   * @throws when it had ended before, with what it has written
   */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill`, and waits until it answers. */
  restart(): Promise<void>;
}

/**
 * Starts a MongoDB in a process of its own, empty at first, that ends with the test's process at the latest. Where
 * `TEST_MONGODB_URI` names one, it is that one.
 *
 * @throws when the server ends or hangs before it answers, with what it has written
 */
export async function startMongo(): Promise<MongoServer> {
  const ownServer = process.env.TEST_MONGODB_URI === undefined ? await startProcess() : undefined;
  const mongo = connectMongo(ownServer?.uri ?? (process.env.TEST_MONGODB_URI as string));
  const admin = mongo.client.db("admin");

  return {
    ...mongo,
    async failCommand(mode, data) {
      await admin.command({ configureFailPoint: "failCommand", mode, ...(data !== undefined && { data }) });
    },
    async stepDown(seconds) {
      await admin.command({ replSetStepDown: seconds, force: true });
    },
    async isPrimary() {
      // Of any member: a client that asks the primary waits until there is one.
      return (await admin.command({ hello: 1 }, { readPreference: "nearest" })).isWritablePrimary;
    },
    async kill() {
      await ownServer?.kill();
    },
    async restart() {
      await ownServer?.start();
    },
    async [Symbol.asyncDispose]() {
      await mongo[Symbol.asyncDispose]();
      await ownServer?.remove();
    },
  };
}

/** Connects to a MongoDB that runs. When it is let go of, what was made in the one of `TEST_MONGODB_URI` is removed. */
export function connectMongo(base: string): Mongo {
  const client = new MongoClient(base);
  const made = new Set<string>();
  return {
    uri(database = `streakd-test-${crypto.randomUUID()}`) {
      made.add(database);
      const [, server, query = ""] = /^(mongodb(?:\+srv)?:\/\/[^/?]*)[^?]*(\?.*)?$/.exec(base) ?? [];
      return `${server}/${database}${query}`;
    },
    client,
    async [Symbol.asyncDispose]() {
      if (process.env.TEST_MONGODB_URI !== undefined) {
        await Promise.all([...made].map((name) => client.db(name).dropDatabase()));
      }
      await client.close();
    },
  };
}

async function startProcess() {
  if (program === undefined) {
    throw new Error(mongoTool.missing);
  }
  const { command, args, replicaSet, initiate } = program;
  const folder = await mkdtemp(join(tmpdir(), "streakd-mongo-"));
  const port = await freePort();
  const uri = `mongodb://127.0.0.1:${port}/?replicaSet=${replicaSet}`;
  let keeper: ChildProcess;
  let output = "";

  async function start(): Promise<void> {
    // In a process group of its own, so that Ctrl-C reaches it only through the end of stdin.
    keeper = spawn("sh", ["-c", KEEPER, "sh", command, ...args(port, folder)], { stdio: "pipe", detached: true });
    output = "";
    for (const stream of [keeper.stdout, keeper.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(-10_000);
      });
    }
    const end = Date.now() + START_TIMEOUT_MS;
    while (!(await isReady())) {
      if (Date.now() > end || keeper.exitCode !== null) {
        await stop();
        throw new Error(`${command} does not answer:\n${output}`);
      }
      await setTimeout(20);
    }
  }

  /** Answers whether it takes writes; when it does, tests can begin. */
  async function isReady(): Promise<boolean> {
    // One for each try: a client that could not connect does not try again.
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 1_000,
    });
    try {
      const admin = client.db("admin");
      const hello = await admin.command({ hello: 1 });
      if (initiate && hello.setName === undefined) {
        const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
        await admin.command({ replSetInitiate: { _id: replicaSet, members } });
      }
      if (hello.isWritablePrimary) {
        // Tests make up what expires by clocks of their own.
        await admin.command({ setParameter: 1, ttlMonitorEnabled: false });
      }
      return hello.isWritablePrimary;
    } catch (error) {
      // Until it listens, and while it recovers.
      if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError) {
        return false;
      }
      throw error;
    } finally {
      await client.close();
    }
  }

  async function stop(): Promise<void> {
    if (keeper.exitCode === null && keeper.signalCode === null) {
      const ended = once(keeper, "exit");
      keeper.stdin?.end();
      await ended;
    }
  }

  async function kill(): Promise<void> {
    await stop();
    if (keeper.exitCode !== KILLED) {
      throw new Error(`${command} had ended before it was killed, with ${keeper.exitCode}:\n${output}`);
    }
  }

  await start();
  return {
    uri,
    start,
    kill,
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findProgram(): Program | undefined {
  const runs = (command: string) => spawnSync(command, ["--version"]).status === 0;
  if (runs("mongod")) {
    return { command: "mongod", ...MONGOD };
  }
  const secantus = runs("secantusd-rs") ? "secantusd-rs" : SECANTUS;
  return secantus !== SECANTUS || existsSync(SECANTUS) ? { command: secantus, ...SECANTUSD } : undefined;
}
