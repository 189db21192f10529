import { type Collection, type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { StartError } from "../../errors.ts";
import { MAX_CALL_MS, StoreUnavailableError } from "../streak-store.ts";
import type {
  DeletionDocument,
  EventDocument,
  IntentDocument,
  ProjectDocument,
  SettingDocument,
  StreakDocument,
} from "./documents.ts";
import { orUnavailable } from "./errors.ts";
import { endForgotten } from "./forgotten.ts";

/** The database to use when the URI names none. */
const DEFAULT_DATABASE = "streakd";

/** The wire version of MongoDB 8.0, the first with a bulk write over several collections. */
const MONGODB_8 = 25;

/** By how much the clocks of servers and instances may differ, in milliseconds. */
const CLOCK_SKEW_MS = 10_000;

/**
 * How many commands a batch sends as a rule at the most, one after the other: it claims its keys, reads those of others,
 * writes events and streaks, reads whose streaks were refused, and writes those again. That it has to do the last two more
 * than once is not counted.
 */
const COMMANDS_OF_A_BATCH = 6;

/** What the store relies on. No URI can change it: acknowledged means on the disks of most members, and read means that. */
const GUARANTEES = {
  // One by one: the driver lets what a URI says override a nested `writeConcern` or `readConcern`.
  w: "majority",
  journal: true,
  wtimeoutMS: 5_000,
  readConcernLevel: "majority",
  readPreference: "primary",
  retryWrites: true,
  retryReads: true,
} satisfies MongoClientOptions;

/** Sizes and patience, in milliseconds, where the URI doesn't say otherwise. The driver's own waits are far longer. */
const DEFAULTS = {
  // An instance sends one batch at a time; the others are for reads.
  maxPoolSize: 50,
  // How long a request waits for one of them.
  waitQueueTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  // How long to look for a primary: an election takes a second or two, and the caller can ask again.
  serverSelectionTimeoutMS: 5_000,
  // How long a silent server keeps a request waiting. Longer than `wtimeoutMS`, so that a slow majority can say so.
  socketTimeoutMS: 10_000,
  // Whether a server still is the primary is asked of it, not told by it. Once one has answered "not primary", the driver
  // takes it for lost until its next hello. A server that tells (the driver's own choice) sends that only when something
  // changes, else every ten seconds: too late for a request. One that is asked answers within half a second of somebody waiting.
  serverMonitoringMode: "poll",
  // How often every server is asked while nobody waits. A primary that was cut off can't say so; another one then does.
  heartbeatFrequencyMS: 1_000,
} satisfies MongoClientOptions;

/**
 * A client for the store, not connected yet.
 *
 * @throws StartError when the URI can't be read
 */
export function createClient(uri: string, options: MongoClientOptions = {}): MongoClient {
  const said = new Set([...new URLSearchParams(uri.split("?")[1]).keys()].map((name) => name.toLowerCase()));
  const unsaid = Object.entries(DEFAULTS).filter(([name]) => !said.has(name.toLowerCase()));
  try {
    const client = new MongoClient(uri, { ...Object.fromEntries(unsaid), ...options, ...GUARANTEES });
    endForgotten(client);
    return client;
  } catch (error) {
    const example = "mongodb://host1,host2,host3/streakd?replicaSet=rs0";
    const problem = `MONGODB_URI can't be used: ${(error as Error).message}. It looks like ${example}.`;
    throw new StartError(problem, { cause: error });
  }
}

/** The database that a URI names. */
export function databaseOf(uri: string): string {
  const [, path] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]*)/.exec(uri) ?? [];
  return decodeURIComponent(path || DEFAULT_DATABASE);
}

/** The one way that the MongoDB store talks to its database. */
export class Connection {
  readonly client: MongoClient;
  readonly database: Db;
  readonly projects: Collection<ProjectDocument>;
  readonly streaks: Collection<StreakDocument>;
  readonly events: Collection<EventDocument>;
  readonly intents: Collection<IntentDocument>;
  readonly deletions: Collection<DeletionDocument>;
  readonly settings: Collection<SettingDocument>;
  readonly #underWay = new Set<Promise<unknown>>();
  #isOpen = true;

  constructor(client: MongoClient, database: string) {
    this.client = client;
    this.database = client.db(database);
    this.projects = this.database.collection("projects");
    this.streaks = this.database.collection("streaks");
    this.events = this.database.collection("events");
    this.intents = this.database.collection("intents");
    this.deletions = this.database.collection("deletions");
    this.settings = this.database.collection("settings");
  }

  /**
   * For how long after its user or project has changed a batch that knew them as they were may still be under way, in
   * milliseconds. It may have waited for its turn since. The driver tries each command twice, and finds the primary anew for the second. Clocks of servers and
   * instances are taken to differ by a few seconds.
   */
  get underWayMs(): number {
    const { socketTimeoutMS, serverSelectionTimeoutMS } = this.client.options;
    const longestCommandMs = 2 * socketTimeoutMS + serverSelectionTimeoutMS;
    return MAX_CALL_MS + COMMANDS_OF_A_BATCH * longestCommandMs + CLOCK_SKEW_MS;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Runs a method of the port, or a step of one that `close` may cut short.
   *
   * @throws StoreUnavailableError when the database can't answer now; asking again is then safe
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#isOpen) {
      throw new StoreUnavailableError({ cause: new Error("The MongoDB store was closed.") });
    }
    const running = orUnavailable(work);
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /** Waits for what is under way, then closes the connections. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.allSettled(this.#underWay);
    await this.client.close();
  }
}

/** What the store makes of the kind of deployment. */
export interface Deployment {
  /** The client talks to a sharded cluster's router. */
  readonly isRouter: boolean;
  /** One command can write to several collections in a given order. */
  readonly hasOrderedBulk: boolean;
}

/**
 * Asks what kind of deployment this is.
 *
 * @throws StartError when it is a server on its own, which has neither majorities nor retryable writes
 */
export async function askDeployment({ database }: Connection): Promise<Deployment> {
  const hello = await database.command({ hello: 1 });
  const isRouter = hello.msg === "isdbgrid";
  if (!isRouter && hello.setName === undefined) {
    throw new StartError(
      "The MongoDB server of MONGODB_URI is not a member of a replica set. Start it with --replSet and run rs.initiate() once; a set of one member is enough to try things out.",
    );
  }
  // A router sends to one shard after the other to keep an order; two commands are faster there.
  return { isRouter, hasOrderedBulk: hello.maxWireVersion >= MONGODB_8 && !isRouter };
}
