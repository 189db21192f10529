import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { networkOf } from "../../address.ts";
import type { MethodContract } from "../../call/contract.ts";
import type { EndedCall } from "../../call/observer.ts";
import type { AuditEntry } from "../../store/audit.ts";
import type { StoreLog } from "../../store/stores.ts";
import { actorOf, methodName } from "./actor.ts";
import type { AuditLog } from "./audit-log.ts";
import { refusalsOf } from "./series.ts";

/** How long refused attempts are counted before the counts are written, in milliseconds. */
export const WINDOW_MS = 60_000;

/** The most counts at a time. Attempts by further callers are counted together, by method and code. */
export const MAX_COUNTS = 1_000;

/** The errors that say that an attempt was refused. */
const REFUSED: ReadonlySet<string> = new Set(["UNAUTHORIZED", "FORBIDDEN", "RATE_LIMITED"]);

const { NO_SIDE_EFFECTS } = MethodOptions_IdempotencyLevel;

/** Attempts of one caller, with one method, that ended with one code. The address is the first of its network. */
type Count = Pick<AuditEntry, "actor" | "actorName" | "projectId" | "siteKey" | "address" | "method" | "code"> & {
  count: number;
};

type StampedCount = Count & Pick<AuditEntry, "id" | "at">;

/**
 * Counts refused calls of methods that need a scope, and writes the counts into the audit log once in a window. A
 * process that is killed loses the counts of its window.
 */
export class Refusals {
  readonly #audit: AuditLog;
  readonly #log: Pick<StoreLog, "warn">;
  readonly #timer: NodeJS.Timeout;
  #counts = new Map<string, Count>();
  /** The counts of an earlier window that are not written yet. */
  #unwritten: readonly StampedCount[] = [];
  #flushed: Promise<void> = Promise.resolve();

  constructor(audit: AuditLog, log: Pick<StoreLog, "warn">) {
    this.#audit = audit;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush().then(() => audit.trim()), WINDOW_MS).unref();
  }

  /** Counts a call that has ended, if it was refused. */
  count({ method: { contract }, code, principal, incoming }: EndedCall): void {
    if (!isForOperators(contract) || !REFUSED.has(code)) {
      return;
    }
    const method = methodName(contract.method);
    const address = principal === undefined ? incoming.request.peer : principal.address;
    const actor = actorOf(principal);
    const key = JSON.stringify([actor.actor, networkOf(address), method, code]);
    const project = principal?.token?.project;
    const caller = {
      ...actor,
      ...(project && { projectId: project.id, siteKey: project.siteKey }),
      ...(address !== undefined && { address }),
    };
    const isKnown = this.#counts.has(key);
    if (isKnown || this.#counts.size < MAX_COUNTS) {
      this.#add(key, { ...caller, method, code, count: 1 });
    } else {
      this.#add(JSON.stringify([method, code]), { actor: "anonymous", method, code, count: 1 });
    }
  }

  #add(key: string, first: Count): void {
    const known = this.#counts.get(key);
    if (known === undefined) {
      this.#counts.set(key, first);
    } else {
      known.count += 1;
    }
  }

  /** Writes the counts. Never rejects: after a failure the next flush writes them. */
  flush(): Promise<void> {
    this.#flushed = this.#flushed.then(async () => {
      try {
        await this.#writeWindow();
        this.#startWindow();
        await this.#writeWindow();
      } catch (error) {
        this.#log.warn({ err: error }, "refused attempts can't be written into the audit log; this is tried again");
      }
    });
    return this.#flushed;
  }

  /** Begins a new window. The old counts get their ids here, so that writing them a second time changes nothing. */
  #startWindow(): void {
    this.#unwritten = [...this.#counts.values()].map((count) => ({ ...this.#audit.stamp(), ...count }));
    this.#counts = new Map();
  }

  async #writeWindow(): Promise<void> {
    if (this.#unwritten.length > 0) {
      await this.#audit.append(this.#unwritten.map(entryOf));
      this.#unwritten = [];
    }
  }

  /** Writes the last counts. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}

/**
 * Whether refused calls of a method are written down: those of methods that need a scope, and wrong tokens at the
 * sign-in. The dashboard asks each time that it is opened whether somebody is signed in, and that is no attempt.
 */
function isForOperators({ access, method }: Pick<MethodContract, "access" | "method">): boolean {
  return access !== "anyone" && !(access === "own session" && method.idempotency === NO_SIDE_EFFECTS);
}

function entryOf(count: StampedCount): AuditEntry {
  return { ...count, series: refusalsOf(count.projectId), outcome: "refused" };
}
