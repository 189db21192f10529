import {
  MongoBulkWriteError,
  MongoClientBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from "mongodb";
import { StartError } from "../../errors.ts";
import { StoreUnavailableError } from "../unavailable.ts";

/** A document with this `_id`, or with another unique value, exists. */
const DUPLICATE_KEY = 11000;

/**
 * The server's errors that are about its state, not about the statement, and that may be gone the next time.
 * https://www.mongodb.com/docs/manual/reference/error-codes/ names them all.
 */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  117, // ConflictingOperationInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  237, // CursorKilled
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  317, // ConnectionPoolExpired
  365, // TemporarilyUnavailable
  384, // ConnectionError
  407, // PooledConnectionAcquisitionExceededTimeLimit
  462, // IngressRequestRateLimitExceeded
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

/** The driver's errors that only say that no answer came. */
const UNANSWERED = [
  MongoNetworkError, // includes a pool that was cleared because of one
  MongoServerSelectionError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
];

/** The names of more such errors, whose classes the driver doesn't export. */
const UNANSWERED_NAMES = ["MongoWaitQueueTimeoutError", "MongoPoolClosedError"];

const UNAVAILABLE_LABELS = [
  MongoErrorLabel.RetryableWriteError,
  MongoErrorLabel.TransientTransactionError,
  MongoErrorLabel.UnknownTransactionCommitResult,
  MongoErrorLabel.RetryableError,
  MongoErrorLabel.SystemOverloadedError,
];

/**
 * Runs work on the database. Inside the work, errors are the driver's own; outside, they are the port's.
 *
 * @throws StoreUnavailableError when the database can't answer now; any other error as it is
 */
export async function orUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUnavailable(error)) {
      throw error;
    }
    throw new StoreUnavailableError({ cause: error });
  }
}

/** Returns the error of a MongoDB that can't be used at a start, in terms of what the operator can mend. */
export function asStartError(error: unknown): unknown {
  if (error instanceof StoreUnavailableError) {
    const cause = error.cause instanceof Error ? error.cause.message : "it does not answer";
    const problem = `MongoDB can't be reached at MONGODB_URI: ${cause}. See that it runs and has a primary.`;
    return new StartError(problem, { cause: error });
  }
  if (error instanceof MongoError) {
    const problem = `The MongoDB of MONGODB_URI refuses: ${error.message}. Check the URI, and what its user may do.`;
    return new StartError(problem, { cause: error });
  }
  return error;
}

/** Whether an error says that the database can't answer now, rather than that the statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof MongoError)) {
    return isSocketError(error);
  }
  return (
    UNANSWERED.some((unanswered) => error instanceof unanswered) ||
    UNANSWERED_NAMES.includes(error.name) ||
    error instanceof MongoWriteConcernError ||
    UNAVAILABLE_LABELS.some((label) => error.hasErrorLabel(label)) ||
    (error instanceof MongoServerError && UNAVAILABLE.has(Number(error.code))) ||
    hasWriteConcernError(error) ||
    // When a shard can't answer now, a router reports it for each statement.
    writeErrorsOf(error).some(({ code }) => UNAVAILABLE.has(code)) ||
    isUnavailable(error.cause) ||
    // A bulk that was cut short hides the lost connection here, without a label or a cause.
    (error instanceof MongoBulkWriteError && isUnavailable(error.errorResponse))
  );
}

/**
 * Whether it is one of the system's errors that the driver passes on, such as a write to a connection that was just
 * lost.
 */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E(PIPE|CONN[A-Z]+|TIMEDOUT|HOSTUNREACH)$/.test(`${error.code}`);
}

/** Whether the only failure is that documents exist already. */
export function isDuplicateKey(error: unknown): boolean {
  if (error instanceof MongoClientBulkWriteError || error instanceof MongoBulkWriteError) {
    const errors = writeErrorsOf(error);
    const areDuplicates = errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
    return areDuplicates && error.cause === undefined && !hasWriteConcernError(error);
  }
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** Returns the failures of single statements of a bulk. */
function writeErrorsOf(error: MongoError): readonly { readonly code: number }[] {
  if (error instanceof MongoClientBulkWriteError) {
    return [...error.writeErrors.values()];
  }
  return error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
}

/** Whether the part that a bulk has written may not be durable. */
function hasWriteConcernError(error: MongoError): boolean {
  return (
    (error instanceof MongoClientBulkWriteError && error.writeConcernErrors.length > 0) ||
    (error instanceof MongoBulkWriteError && error.result?.getWriteConcernError() !== undefined)
  );
}
