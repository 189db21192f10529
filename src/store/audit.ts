/**
 * The audit log: what callers with a token have changed, and how often callers were refused. Its entries stay when
 * their project is deleted.
 */
export interface AuditStore {
  /** Adds entries. An entry whose `id` is there already is left as it is. */
  appendAuditEntries(entries: readonly AuditEntry[]): Promise<void>;
  /** Says that the change of an entry was made. Nothing happens when the entry is gone. */
  confirmAuditEntry(id: string): Promise<void>;
  /** Takes back the entry of a change that was not made. */
  removeAuditEntry(id: string): Promise<void>;
  /**
   * Returns the newest `limit` entries that match a filter, the newest first.
   *
   * @param before only entries whose `id` is less
   */
  listAuditEntries(filter: AuditFilter, before: string | undefined, limit: number): Promise<AuditEntry[]>;
  /** Removes the oldest entries of what is over the bounds. */
  trimAuditEntries(bounds: AuditBounds): Promise<void>;
}

/** One entry of the audit log. */
export interface AuditEntry {
  /** Unique, and greater than the ids of earlier entries; in code units, as both stores compare text. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Which entries share a bound: the changes by one method in one project, or the refusals of one project. */
  readonly series: string;
  /** `unknown` from before the change until it is confirmed. */
  readonly outcome: "unknown" | "done" | "refused";
  /** The internal id of the project; undefined when it is about none. */
  readonly projectId?: string;
  readonly siteKey?: string;
  /** `root`, `anonymous`, or the id of a token. */
  readonly actor: string;
  readonly actorName?: string;
  readonly address?: string;
  /** Such as `streak.v1.AdminService/UpdateProject`. */
  readonly method: string;
  readonly requestId?: string;
  readonly resource?: string;
  /** JSON objects, as text. */
  readonly before?: string;
  readonly after?: string;
  /** The fields that were too large for `before` and `after`. */
  readonly clipped?: readonly string[];
  /** Of refusals, the error's code and how many there were. */
  readonly code?: string;
  readonly count?: number;
}

/** Which entries to list. Those that match every field that is given. */
export interface AuditFilter {
  readonly projectId?: string;
  readonly siteKey?: string;
  readonly actor?: string;
}

/** How many entries are kept. */
export interface AuditBounds {
  /** Entries whose `id` is less are removed. */
  readonly oldest: string;
  /** The most entries of each of these series. */
  readonly maxOfSeries: number;
  readonly series: readonly string[];
  /**
   * The most entries in all. When there are more, the largest series lose some, so that none pushes out the others: a
   * hundredth of the bound is then free.
   */
  readonly maxInAll: number;
}
