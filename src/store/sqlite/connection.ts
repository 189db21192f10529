import { statfsSync } from "node:fs";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { StoreUnavailableError } from "../unavailable.ts";

/**
 * The primary result codes of SQLite that streakd tells apart; https://sqlite.org/rescode.html says what each means.
 */
export const ResultCode = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
} as const;

/** Returns the primary result code of an error that SQLite raised, or undefined for any other error. */
export function resultCodeOf(error: unknown): number | undefined {
  // An extended code, such as the 778 of a failed write, holds the primary one in its low byte.
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

/** The errors that come from the machine, not from the statement, and that may be gone the next time. */
const UNAVAILABLE: ReadonlySet<number | undefined> = new Set([
  ResultCode.BUSY,
  ResultCode.LOCKED,
  ResultCode.READONLY,
  ResultCode.IOERR,
  ResultCode.FULL,
  ResultCode.CANTOPEN,
  ResultCode.PROTOCOL,
]);

/** A disk with less room than this counts as full, in bytes: what a small commit needs. */
const MIN_FREE_BYTES = 64 * 1024;

/** A prepared statement. The SQL must return rows of the type `Row`; nothing checks it. */
export interface Statement<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** Returns how many rows were inserted, changed or deleted. */
  run(...values: SQLInputValue[]): number;
}

/**
 * The only way in which the store talks to its database. `DatabaseSync` blocks, so the work of one `read` or `write`
 * runs alone: no other work of the process comes between its statements.
 */
export class Connection {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** Prepares a statement. Prepare it once and run it often. */
  prepare<Row = never>(sql: string): Statement<Row> {
    const statement = this.#database.prepare(sql);
    return {
      get: (...values) => statement.get(...values) as Row | undefined,
      all: (...values) => statement.all(...values) as Row[],
      run: (...values) => statement.run(...values).changes as number,
    };
  }

  /**
   * Runs `work`, which only reads.
   *
   * @throws StoreUnavailableError when SQLite can't answer now
   */
  async read<Result>(work: () => Result): Promise<Result> {
    return this.#orUnavailable(work);
  }

  /**
   * Runs `work` in a transaction: all of it is on disk when the promise resolves, and nothing of it when it rejects.
   *
   * @throws StoreUnavailableError when SQLite can't write now, for example because the disk is full
   */
  async write<Result>(work: () => Result): Promise<Result> {
    return this.writeNow(work);
  }

  /**
   * Does what {@link write} does before it returns, for what must happen in the same turn as the commit.
   *
   * @throws StoreUnavailableError when SQLite can't write now
   */
  writeNow<Result>(work: () => Result): Result {
    return this.#orUnavailable(() => transaction(this.#database, work));
  }

  /** Whether an error comes from a full disk. A disk that fills up in a sync is to SQLite a failure of the disk. */
  #isDiskFull(error: unknown): boolean {
    const code = resultCodeOf(error);
    return code === ResultCode.FULL || (code === ResultCode.IOERR && this.#freeBytes() < MIN_FREE_BYTES);
  }

  #freeBytes(): number {
    const file = this.#database.location();
    try {
      const { bavail, bsize } = statfsSync(file as string);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  #orUnavailable<Result>(work: () => Result): Result {
    if (!this.isOpen) {
      throw new StoreUnavailableError({ cause: new Error("The embedded database was closed.") });
    }
    try {
      return work();
    } catch (error) {
      if (!UNAVAILABLE.has(resultCodeOf(error))) {
        throw error;
      }
      throw new StoreUnavailableError({ cause: error, isDiskFull: this.#isDiskFull(error) });
    }
  }
}

/** Runs `work` between BEGIN and COMMIT, and rolls back when either throws. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  // IMMEDIATE takes the write lock first, so that a busy database is noticed before any work is done.
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // After some errors, such as a full disk, SQLite has rolled back by itself.
    if (database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}
