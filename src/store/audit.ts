/**
 * The audit log: what callers with a token have changed, and how often callers were refused. Its entries stay when
 * their project is deleted.
 */
export interface AuditStore {
  /** Adds entries. An entry whose `id` is stored already stays as it is. */
  appendAuditEntries(entries: readonly AuditEntry[]): Promise<void>;
  /** Says that the changes of entries were made. Nothing happens to an entry that is gone. */
  confirmAuditEntries(ids: readonly string[]): Promise<void>;
  /** Takes back the entry of a change that was not made. */
  removeAuditEntry(id: string): Promise<void>;
  /**
   * Returns the newest `limit` entries that match a filter, the newest first.
   *
   * @param before only entries whose `id` is less
   */
  listAuditEntries(filter: AuditFilter, before: string | undefined, limit: number): Promise<AuditEntry[]>;
  /** Removes the oldest entries of what is over the bounds, a slice at a time, so that other calls get their turn. */
  trimAuditEntries(bounds: AuditBounds): Promise<void>;
}

/** One entry of the audit log. */
export interface AuditEntry {
  /** Unique, and greater than the ids of earlier entries; in code units, as both stores compare text. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The name of the {@link SeriesBound} that the entry counts for. */
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

/** The entries to list: those that match every field that is given. */
export interface AuditFilter {
  readonly projectId?: string;
  readonly siteKey?: string;
  readonly actor?: string;
}

/** How many entries are kept. */
export interface AuditBounds {
  /** Entries whose `id` is less are removed. */
  readonly oldest: string;
  readonly series: readonly SeriesBound[];
  /**
   * The most entries in all. When there are more, the largest series lose entries until a hundredth of the bound is
   * free. So no series pushes out the others.
   */
  readonly maxInAll: number;
}

/** How many of the entries that share a bound may stay, such as those of one method in one project. */
export interface SeriesBound {
  readonly name: string;
  readonly keep: number;
}
