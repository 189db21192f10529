/**
 * The audit log: what callers with a token have changed, and how often callers were refused. Its entries stay when
 * their project is deleted.
 */
export interface AuditStore {
  /** Adds entries. An entry whose `id` is stored already stays as it is. */
  appendAuditEntries(entries: readonly AuditEntry[]): Promise<void>;
  /** Sets the outcome of an entry to `done`. Nothing happens when the entry is gone. */
  confirmAuditEntry(id: string): Promise<void>;
  /** Removes the entry of a change that was not made. */
  removeAuditEntry(id: string): Promise<void>;
  /**
   * Returns the newest `limit` entries that match a filter, the newest first.
   *
   * @param before only entries whose `id` is less
   */
  listAuditEntries(filter: AuditFilter, before: string | undefined, limit: number): Promise<AuditEntry[]>;
  /** Removes the entries over the bounds, the oldest first. */
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
  /** `unknown` until the change is confirmed. */
  readonly outcome: "unknown" | "done" | "refused";
  /** The internal id of the project; undefined when the entry is not about one project. */
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
  /** For refused attempts, the error's code and how many attempts there were. */
  readonly code?: string;
  readonly count?: number;
}

/** Which entries to list: the entries that match every given field. */
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
   * The most entries in all. When there are more, the largest series lose entries until a hundredth of the bound is
   * free. So no series pushes out the others.
   */
  readonly maxInAll: number;
}
