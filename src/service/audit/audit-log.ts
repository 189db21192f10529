import type { DescMethod } from "@bufbuild/protobuf";
import type { AuditedChange, AuditTrail } from "../../call/audit.ts";
import type { Call } from "../../call/call.ts";
import type { AuditEntry, AuditStore } from "../../store/audit.ts";
import type { StoreLog } from "../../store/stores.ts";
import { createTimeOrderedIds, firstIdOf } from "../time-ordered-ids.ts";
import { actorOf, methodName } from "./actor.ts";
import { keptStates } from "./kept-states.ts";

/** How long entries are kept, in milliseconds. */
export const KEPT_MS = 365 * 24 * 60 * 60 * 1000;

/** The most entries of one method in one project, and of a project's refused attempts. */
export const MAX_OF_SERIES = 10_000;

/** The most entries in all. */
export const MAX_IN_ALL = 200_000;

/** After how many new entries at the latest the entries over the bounds are removed. */
const TRIM_EVERY = 500;

/** How often old entries are looked for while no entries are added, in milliseconds. */
const IDLE_TRIM_MS = 60 * 60 * 1000;

/** The audit log: writes entries, and keeps their number in bounds. */
export class AuditLog implements AuditTrail {
  readonly #store: AuditStore;
  readonly #clock: () => number;
  readonly #log: Pick<StoreLog, "warn">;
  readonly #nextId: () => string;
  /** The series that have new entries since the last trim. */
  #grown = new Set<string>();
  #added = 0;
  #trimmedAt = Number.NEGATIVE_INFINITY;

  /** @param clock the server's time in epoch milliseconds */
  constructor(store: AuditStore, clock: () => number, log: Pick<StoreLog, "warn">) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#nextId = createTimeOrderedIds(clock);
  }

  async begin(method: DescMethod, change: AuditedChange, call: Call): Promise<string> {
    const { project, resource } = change;
    const name = methodName(method);
    const entry: AuditEntry = {
      ...this.stamp(),
      series: `${project?.id ?? ""}|${name}`,
      outcome: "unknown",
      ...(project !== undefined && { projectId: project.id, siteKey: project.siteKey }),
      ...actorOf(call.principal),
      ...(call.principal.address !== undefined && { address: call.principal.address }),
      ...{ method: name, requestId: call.requestId, resource },
      ...keptStates(change),
    };
    await this.append([entry]);
    return entry.id;
  }

  async confirm(id: string): Promise<void> {
    await this.#orWarn(this.#store.confirmAuditEntry(id), id);
  }

  async takeBack(id: string): Promise<void> {
    await this.#orWarn(this.#store.removeAuditEntry(id), id);
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
      await this.trim();
    }
  }

  /**
   * Removes the entries over the bounds, unless there can be none. Never rejects: the next trim makes up for a failure.
   */
  async trim(): Promise<void> {
    const now = this.#clock();
    if (this.#grown.size === 0 && now < this.#trimmedAt + IDLE_TRIM_MS) {
      return;
    }
    const series = [...this.#grown];
    this.#grown = new Set();
    const oldest = firstIdOf(now - KEPT_MS);
    const bounds = { oldest, series, maxOfSeries: MAX_OF_SERIES, maxInAll: MAX_IN_ALL };
    try {
      await this.#store.trimAuditEntries(bounds);
      this.#trimmedAt = now;
    } catch (error) {
      for (const each of series) {
        this.#grown.add(each);
      }
      this.#log.warn({ err: error }, "old entries of the audit log can't be removed; this is tried again");
    }
  }

  async #orWarn(work: Promise<void>, id: string): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#log.warn(
        { err: error, id },
        "an entry of the audit log can't be brought up to date; its outcome stays unknown",
      );
    }
  }
}
