import type { DescMethod } from "@bufbuild/protobuf";
import type { AuditedChange, AuditTrail } from "../../call/audit.ts";
import type { Call } from "../../call/call.ts";
import type { AuditEntry, AuditStore } from "../../store/audit.ts";
import { coalesceCalls } from "../../store/coalesce-calls.ts";
import type { StoreLog } from "../../store/stores.ts";
import { createTimeOrderedIds, firstIdOf } from "../time-ordered-ids.ts";
import { actorOf, methodName } from "./actor.ts";
import { keptStates } from "./kept-states.ts";
import { boundOf, changesOf } from "./series.ts";

/** How long entries are kept, in milliseconds. */
export const KEPT_MS = 365 * 24 * 60 * 60 * 1000;

/** The most entries in all. */
export const MAX_IN_ALL = 200_000;

/** After how many new entries at the latest the entries over the bounds are removed. */
const TRIM_EVERY = 500;

/**
 * How long a change that was made waits for others, in milliseconds, before their entries say so together. Nobody waits
 * for it, and it costs a commit.
 */
const CONFIRM_AFTER_MS = 100;

/** How often entries that are too old are looked for while none are added, in milliseconds. */
const IDLE_TRIM_MS = 60 * 60 * 1000;

/** The audit log: writes and lists entries, and keeps them in bounds. */
export class AuditLog implements AuditTrail {
  readonly #store: AuditStore;
  readonly #clock: () => number;
  readonly #log: Pick<StoreLog, "warn">;
  readonly #nextId: () => string;
  /** Stores an entry. Entries that come at once share a commit. */
  readonly #add: (entry: AuditEntry) => Promise<void>;
  /** The entries of changes that were made and are not confirmed yet. */
  #made: string[] = [];
  #confirmTimer: NodeJS.Timeout | undefined;
  #confirmed: Promise<void> = Promise.resolve();
  /** The series that have got entries since they were trimmed. */
  #grown = new Set<string>();
  #added = 0;
  #trimmed: Promise<void> = Promise.resolve();
  #trimmedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** @param clock the server's time in epoch milliseconds */
  constructor(store: AuditStore, clock: () => number, log: Pick<StoreLog, "warn">) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#nextId = createTimeOrderedIds(clock);
    this.#add = coalesceCalls(async (entries: readonly AuditEntry[]) => {
      await this.append(entries);
      return entries.map(() => undefined);
    });
  }

  async begin(method: DescMethod, change: AuditedChange, call: Call): Promise<string> {
    const { project, resource } = change;
    const name = methodName(method);
    const states = keptStates(change);
    const entry: AuditEntry = {
      ...this.stamp(),
      series: changesOf(project?.id, name, states),
      outcome: "unknown",
      ...(project !== undefined && { projectId: project.id, siteKey: project.siteKey }),
      ...actorOf(call.principal),
      ...(call.principal.address !== undefined && { address: call.principal.address }),
      ...{ method: name, requestId: call.requestId, resource },
      ...states,
    };
    await this.#add(entry);
    return entry.id;
  }

  confirm(id: string): void {
    this.#made.push(id);
    this.#confirmTimer ??= setTimeout(() => void this.#confirmAll(), CONFIRM_AFTER_MS).unref();
  }

  async takeBack(id: string): Promise<void> {
    await this.#orWarn(this.#store.removeAuditEntry(id), [id]);
  }

  /**
   * Returns the newest `limit` entries as {@link AuditStore.listAuditEntries} does. What this instance has changed is
   * confirmed before.
   */
  async list(...args: Parameters<AuditStore["listAuditEntries"]>): Promise<AuditEntry[]> {
    await this.#confirmAll();
    return this.#store.listAuditEntries(...args);
  }

  /** Returns the id and time of a new entry. */
  stamp(): Pick<AuditEntry, "id" | "at"> {
    return { id: this.#nextId(), at: this.#clock() };
  }

  /** Adds entries. Rejects with OVERLOADED when they may not be stored. Adding the same entries again is safe. */
  async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.#store.appendAuditEntries(entries);
    for (const { series } of entries) {
      this.#grown.add(series);
    }
    this.#added += entries.length;
    if (this.#added >= TRIM_EVERY) {
      this.#added = 0;
      void this.trim();
    }
  }

  /** Removes what is too old or too much, unless there can be nothing. Never rejects: the next time removes it too. */
  trim(): Promise<void> {
    this.#trimmed = this.#trimmed.then(() => this.#trim());
    return this.#trimmed;
  }

  /** Confirms the entries of all changes that were made. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#confirmAll();
  }

  async #trim(): Promise<void> {
    const now = this.#clock();
    if (this.#grown.size === 0 && now < this.#trimmedAt + IDLE_TRIM_MS) {
      return;
    }
    const series = [...this.#grown];
    this.#grown = new Set();
    const oldest = firstIdOf(now - KEPT_MS);
    try {
      await this.#store.trimAuditEntries({ oldest, series: series.map(boundOf), maxInAll: MAX_IN_ALL });
      this.#trimmedAt = now;
    } catch (error) {
      for (const each of series) {
        this.#grown.add(each);
      }
      // A shutdown ends it in the middle.
      if (!this.#isClosed) {
        this.#log.warn({ err: error }, "old entries of the audit log can't be removed; this is tried again");
      }
    }
  }

  #confirmAll(): Promise<void> {
    clearTimeout(this.#confirmTimer);
    this.#confirmTimer = undefined;
    const ids = this.#made;
    this.#made = [];
    if (ids.length > 0) {
      this.#confirmed = Promise.all([this.#confirmed, this.#orWarn(this.#store.confirmAuditEntries(ids), ids)]).then();
    }
    return this.#confirmed;
  }

  async #orWarn(work: Promise<void>, ids: readonly string[]): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#log.warn(
        { err: error, ids },
        "entries of the audit log can't be brought up to date; their outcome stays unknown",
      );
    }
  }
}
