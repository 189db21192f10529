import { type Collection, type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { MAX_CALL_MS } from "../../deadline.ts";
import { StartError } from "../../errors.ts";
import { StoreUnavailableError } from "../unavailable.ts";
import type {
  AuditDocument,
  DeletionDocument,
  EventDocument,
  InstanceDocument,
  KeyDocument,
  LeaseDocument,
  NoteDocument,
  ProjectDocument,
  SegmentDocument,
  SessionDocument,
  SettingDocument,
  StreakDocument,
  TokenDocument,
} from "./documents.ts";
import { orUnavailable } from "./errors.ts";
import type { OpeningDocument, RejectionDocument, SeatDocument } from "./seat-documents.ts";
import { endStuckOperations } from "./stuck-operations.ts";

/** The database to use when the URI names none. */
const DEFAULT_DATABASE = "streakd";

/** The wire version of MongoDB 8.0, the first with a bulk write over several collections. */
const MONGODB_8 = 25;

/** By how much the clocks of servers and instances may differ, in milliseconds. */
const CLOCK_SKEW_MS = 10_000;

/**
 * How many commands a batch sends at most as a rule, one after the other: it reads its keys and the seats of its users,
 * notes that it relies on these, claims others (six commands) and looks up who gets none and holds one by now (two),
 * claims its keys, reads keys that others hold, reads home zones, reads which segments there are, writes its notes (on
 * routers), writes events, writes streaks, reads the streaks that were refused, and writes them again. Repeating the last
 * two is not counted, because each time is covered anew, and so is putting misplaced events right; nor is passing on
 * seats, after which nothing is written.
 */
const COMMANDS_OF_A_BATCH = 20;

/**
 * What the store relies on, whatever the URI says: acknowledged writes are on the disks of most members, and reads see
 * only those.
 */
const GUARANTEES = {
  // Each option alone, because a URI would override a nested `writeConcern` or `readConcern`.
  w: "majority",
  journal: true,
  wtimeoutMS: 5_000,
  readConcernLevel: "majority",
  readPreference: "primary",
  retryWrites: true,
  retryReads: true,
} satisfies MongoClientOptions;

/** Sizes, and waits in milliseconds, unless the URI sets them. The driver's own waits are far longer. */
const DEFAULTS = {
  // An instance sends one batch at a time; the other connections are for reads.
  maxPoolSize: 50,
  // How long a request waits for a connection.
  waitQueueTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  // How long to look for a primary: an election takes a second or two, and the caller can try again.
  serverSelectionTimeoutMS: 5_000,
  // How long a silent server keeps a request waiting. Longer than `wtimeoutMS`, so that a slow majority can say so.
  socketTimeoutMS: 10_000,
  // Ask each server whether it is the primary. Once a server has answered "not primary", the driver takes it for lost
  // until its next hello. With streaming (the driver's own choice) a server sends that only when something changes, or
  // every ten seconds: too late for a request. With polling it comes within half a second while a request waits.
  serverMonitoringMode: "poll",
  // How often every server is asked while no request waits. A primary that was cut off can't say so, but another member
  // can.
  heartbeatFrequencyMS: 1_000,
} satisfies MongoClientOptions;

/**
 * Makes a client for the store. It is not connected yet.
 *
 * @throws StartError when the URI can't be read
 */
export function createClient(uri: string, options: MongoClientOptions = {}): MongoClient {
  const said = new Set([...new URLSearchParams(uri.split("?")[1]).keys()].map((name) => name.toLowerCase()));
  const unsaid = Object.entries(DEFAULTS).filter(([name]) => !said.has(name.toLowerCase()));
  try {
    const client = new MongoClient(uri, { ...Object.fromEntries(unsaid), ...options, ...GUARANTEES });
    endStuckOperations(client);
    return client;
  } catch (error) {
    const example = "mongodb://host1,host2,host3/streakd?replicaSet=rs0";
    const problem = `MONGODB_URI can't be used: ${(error as Error).message}. It looks like ${example}.`;
    throw new StartError(problem, { cause: error });
  }
}

/** Returns the name of the database that a URI names, or the default. */
export function databaseOf(uri: string): string {
  const [, path] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]*)/.exec(uri) ?? [];
  return decodeURIComponent(path || DEFAULT_DATABASE);
}

/** The only way in which the MongoDB store talks to its database. */
export class Connection {
  readonly client: MongoClient;
  readonly database: Db;
  readonly projects: Collection<ProjectDocument>;
  readonly streaks: Collection<StreakDocument>;
  readonly events: Collection<EventDocument>;
  readonly idempotencyKeys: Collection<KeyDocument>;
  readonly deletions: Collection<DeletionDocument>;
  readonly settings: Collection<SettingDocument>;
  readonly tokens: Collection<TokenDocument>;
  readonly sessions: Collection<SessionDocument>;
  readonly audit: Collection<AuditDocument>;
  readonly seats: Collection<SeatDocument>;
  readonly seatOpenings: Collection<OpeningDocument>;
  readonly rejections: Collection<RejectionDocument>;
  /** The notes, which are kept in the collection of the events. */
  readonly notes: Collection<NoteDocument>;
  readonly segments: Collection<SegmentDocument>;
  readonly leases: Collection<LeaseDocument>;
  readonly instances: Collection<InstanceDocument>;
  readonly #underWay = new Set<Promise<unknown>>();
  #isOpen = true;

  constructor(client: MongoClient, database: string) {
    this.client = client;
    this.database = client.db(database);
    this.projects = this.database.collection("projects");
    this.streaks = this.database.collection("streaks");
    this.events = this.database.collection("events");
    this.idempotencyKeys = this.database.collection("intents");
    this.deletions = this.database.collection("deletions");
    this.settings = this.database.collection("settings");
    this.tokens = this.database.collection("tokens");
    this.sessions = this.database.collection("sessions");
    this.audit = this.database.collection("audit");
    this.seats = this.database.collection("seats");
    this.seatOpenings = this.database.collection("seatOpenings");
    this.rejections = this.database.collection("rejections");
    this.notes = this.database.collection("events");
    this.segments = this.database.collection("segments");
    this.leases = this.database.collection("leases");
    this.instances = this.database.collection("instances");
  }

  /**
   * How long a batch may still be running that has read a user or a project before a change of it, in milliseconds. The
   * batch may have waited for its turn. The driver tries each command twice, and looks for the primary again before the
   * second time. The clocks of servers and instances may differ by a few seconds.
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
   * Runs a method of a port, or a step of a method that `close` may cut short.
   *
   * @throws StoreUnavailableError when the database can't answer now; running it again is then safe
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

  /** Takes no more work, and waits for what is running. */
  async drain(): Promise<void> {
    this.#isOpen = false;
    await Promise.allSettled(this.#underWay);
  }

  /** Drains, and closes the connections. */
  async close(): Promise<void> {
    await this.drain();
    await this.client.close();
  }
}

/** What the store needs to know of a deployment. */
export interface Deployment {
  /** The client talks to the router of a sharded cluster. */
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
