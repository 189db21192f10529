import {
  type BulkWriteResult,
  MongoBulkWriteError,
  MongoClient,
  MongoClientBulkWriteError,
  MongoClientClosedError,
  MongoDriverError,
  MongoError,
  MongoNetworkError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type WriteConcernError,
  type WriteError,
} from "mongodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { isDuplicateKey, isUnavailable, orUnavailable } from "#src/store/mongo/errors.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { MANY_CALLS_MS, project } from "../conformance/fixture.ts";

const DUPLICATE = { code: 11000, errmsg: "E11000 duplicate key error" };
const INVALID = { code: 121, errmsg: "Document failed validation" };
const SHARD_AWAY = { code: 133, errmsg: "Could not find host matching read preference" };
const NO_MAJORITY = { code: 64, errmsg: "waiting for replication timed out" };

function serverError(code: number): MongoServerError {
  return new MongoServerError({ message: "what the server says", code });
}

/** As Node reports it of a connection. */
function socketError(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code });
}

/** What a bulk of one collection throws: of statements that failed, or of a failure that ended it. */
function bulkError(
  what: MongoError | readonly { readonly code: number; readonly errmsg: string }[],
  writeConcernError?: object,
): MongoBulkWriteError {
  const result = { getWriteConcernError: () => writeConcernError as WriteConcernError | undefined } as BulkWriteResult;
  if (what instanceof MongoError) {
    return new MongoBulkWriteError(what, result);
  }
  const writeErrors = what.map((error, index) => ({ index, ...error }) as WriteError);
  return new MongoBulkWriteError({ message: "bulk", code: what[0]?.code ?? 0, writeErrors }, result);
}

/** What a bulk over several collections throws. */
function clientBulkError(
  writeErrors: readonly { readonly code: number; readonly errmsg: string }[],
  { cause, writeConcernErrors = [] }: { cause?: Error; writeConcernErrors?: object[] } = {},
): MongoClientBulkWriteError {
  const error = new MongoClientBulkWriteError({ message: "bulk" });
  error.writeErrors = new Map(writeErrors.map(({ code, errmsg }, index) => [index, { code, message: errmsg }]));
  error.writeConcernErrors = writeConcernErrors;
  if (cause !== undefined) {
    error.cause = cause;
  }
  return error;
}

/** An error of a class that the driver doesn't export. */
function named(name: string): MongoDriverError {
  return Object.defineProperty(new MongoDriverError("what the driver says"), "name", { value: name });
}

describe("the database is unavailable by", () => {
  it.each([
    ["HostUnreachable", 6],
    ["CursorNotFound", 43],
    ["ShutdownInProgress", 91],
    ["ConflictingOperationInProgress", 117],
    ["CursorKilled", 237],
    ["TemporarilyUnavailable", 365],
    ["ConnectionError", 384],
    ["PooledConnectionAcquisitionExceededTimeLimit", 407],
    ["NotWritablePrimary", 10107],
  ])("a server that says %s", (_, code) => {
    expect(isUnavailable(serverError(code))).toBe(true);
  });

  it.each<[string, Error]>([
    ["a lost connection", new MongoNetworkError("connection 1 to 127.0.0.1:1 closed")],
    ["a deadline of the driver's", new MongoOperationTimeoutError("Timed out during server selection")],
    ["a client that was closed while it looked for a server", new MongoTopologyClosedError()],
    ["a client that was closed while it waited for an answer", new MongoClientClosedError()],
    ["a pool that was closed", named("MongoPoolClosedError")],
    ["a pool without a free connection", named("MongoWaitQueueTimeoutError")],
    ["a socket that broke in the middle of a write", socketError("EPIPE")],
    ["a socket that was reset", socketError("ECONNRESET")],
    ["a write that no majority has in time", new MongoWriteConcernError({ ok: 1, writeConcernError: NO_MAJORITY })],
    ["an error that was caused by a lost connection", new MongoError("wrapped", { cause: new MongoNetworkError("x") })],
    ["a bulk that a lost connection ended", bulkError(new MongoNetworkError("closed"))],
    ["a bulk that a step-down ended", bulkError(serverError(10107))],
    ["a bulk that no majority has in time", bulkError([], NO_MAJORITY)],
    ["a bulk of which a shard can't do a statement", bulkError([DUPLICATE, SHARD_AWAY])],
    ["a client's bulk that a step-down ended", clientBulkError([], { cause: serverError(10107) })],
    ["a client's bulk that a lost connection ended", clientBulkError([], { cause: new MongoNetworkError("closed") })],
    ["a client's bulk that no majority has in time", clientBulkError([], { writeConcernErrors: [NO_MAJORITY] })],
    ["a client's bulk of which a shard can't do a statement", clientBulkError([DUPLICATE, SHARD_AWAY])],
  ])("%s", async (_, error) => {
    expect(isUnavailable(error)).toBe(true);
    expect(isDuplicateKey(error)).toBe(false);
    const told = await orUnavailable(() => Promise.reject(error)).catch((reason: unknown) => reason);
    expect(told).toBeInstanceOf(StoreUnavailableError);
    expect((told as Error).cause).toBe(error);
  });
});

describe("the statement is to blame, and not the database, for", () => {
  it.each<[string, unknown]>([
    ["a document that the validator refuses", serverError(INVALID.code)],
    ["a bulk with such a document", bulkError([INVALID])],
    ["a client's bulk with such a document", clientBulkError([INVALID])],
    ["a client's bulk that ended because the user may not do it", clientBulkError([], { cause: serverError(13) })],
    ["a key that is taken", serverError(DUPLICATE.code)],
    ["an error of streakd's own", new TypeError("undefined is not a function")],
    ["a file that is missing", Object.assign(new Error("no such file"), { code: "ENOENT" })],
    ["what is no error", "away"],
  ])("%s", async (_, error) => {
    expect(isUnavailable(error)).toBe(false);
    await expect(orUnavailable(() => Promise.reject(error))).rejects.toBe(error);
  });
});

describe("documents that are there already are", () => {
  it.each<[string, MongoError]>([
    ["one", serverError(DUPLICATE.code)],
    ["all that failed in a bulk", bulkError([DUPLICATE, DUPLICATE])],
    ["all that failed in a client's bulk", clientBulkError([DUPLICATE, DUPLICATE])],
  ])("%s", (_, error) => {
    expect(isDuplicateKey(error)).toBe(true);
    expect(isUnavailable(error)).toBe(false);
  });

  it.each<[string, unknown]>([
    ["a bulk in which something else failed too", bulkError([DUPLICATE, INVALID])],
    ["a client's bulk in which something else failed too", clientBulkError([DUPLICATE, INVALID])],
    ["a bulk that no majority has in time", bulkError([DUPLICATE], NO_MAJORITY)],
    [
      "a client's bulk that no majority has in time",
      clientBulkError([DUPLICATE], { writeConcernErrors: [NO_MAJORITY] }),
    ],
    ["a client's bulk that was ended", clientBulkError([DUPLICATE], { cause: serverError(13) })],
    ["a bulk in which nothing failed", bulkError([])],
    ["another error with that number", Object.assign(new Error("no database's"), { code: DUPLICATE.code })],
  ])("not all that is wrong with %s", (_, error) => {
    expect(isDuplicateKey(error)).toBe(false);
  });
});

describe("a server that says it is no primary", () => {
  const mongo = useOwnMongo();

  /** Waits until a client that has servers tell it of changes has come to that, some time after it connected. */
  async function untilOneIsTold(uri: string): Promise<void> {
    await using client = new MongoClient(uri, { serverMonitoringMode: "stream" });
    const told = new Promise<void>((resolve) => {
      client.on("serverHeartbeatStarted", ({ awaited }) => awaited && resolve());
    });
    await client.connect();
    await told;
  }

  it.each([10107, 91, 11602])(
    "by error %i is asked again at once, since it tells nobody that it is one",
    async (errorCode) => {
      // Nothing but somebody's waiting makes the driver ask within the test.
      const uri = new URL(mongo.server.uri());
      const options = { appName: "told", heartbeatFrequencyMS: "3600000", serverSelectionTimeoutMS: "30000" };
      for (const [name, value] of Object.entries(options)) {
        uri.searchParams.set(name, value);
      }
      const store = await openMongoStores(`${uri}`, silentLog);
      onTestFinished(() => store.close());
      await store.projects.createProject(project());
      await untilOneIsTold(mongo.server.uri());
      await mongo.server.failCommand({ times: 1 }, { failCommands: ["find"], appName: "told", errorCode });
      onTestFinished(() => mongo.server.failCommand("off"));
      expect(await store.projects.readProject("site_1")).toMatchObject({ siteKey: "site_1" });
    },
    MANY_CALLS_MS,
  );
});
