import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { countSettingsOf, signatureOf } from "../../domain/analytics/settings.ts";
import type { Project } from "../../domain/project.ts";
import type { AnalyticsStore } from "../../store/analytics.ts";
import { countSegment } from "./count-segment.ts";
import { staleOf } from "./stale.ts";

/** The longest rest, in milliseconds: one slice that waits long for the database must not hold up other projects' counts. */
export const MAX_REST_MS = 60_000;

/** How to count in the background. */
export interface CountOptions {
  /** How many times as long as it counts it rests, so that events are recorded as fast as before. */
  readonly rest: number;
  /** When it begins no further segment, in epoch milliseconds; undefined for no end. */
  readonly until?: number;
}

/** A count that goes on. */
interface RunningCount {
  /** The signature of the settings that it counts with. */
  readonly signature: string;
  rest: number;
  /** Is aborted to cut the current rest short. */
  restEnder: AbortController;
  /** When it last stopped resting, on the clock of `performance.now()`. */
  since: number;
  isOver: boolean;
  ended: Promise<boolean>;
}

/** Counts of whole projects, at most one of each project at a time. */
export class BackgroundCounts {
  readonly #store: AnalyticsStore;
  readonly #clock: () => number;
  readonly #running = new Map<string, RunningCount>();
  #isClosed = false;

  /** @param clock the server's time in epoch milliseconds */
  constructor(store: AnalyticsStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether the counts were ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends all counts. */
  close(): void {
    this.#isClosed = true;
    for (const running of this.#running.values()) {
      running.restEnder.abort();
    }
  }

  /**
   * Counts whatever is stale of a project. Returns whether it came to the end. When such a count goes on already, waits for
   * it, and lets it rest less if that is wanted. A count with other settings than the project has now is ended first.
   */
  async count(project: Project, options: CountOptions): Promise<boolean> {
    const signature = signatureOf(countSettingsOf(project));
    for (;;) {
      const running = this.#running.get(project.id);
      if (running === undefined) {
        return await this.#start(project, signature, options);
      }
      if (running.signature === signature) {
        if (options.rest < running.rest) {
          running.rest = options.rest;
          running.restEnder.abort();
          running.restEnder = new AbortController();
        }
        return await running.ended;
      }
      running.isOver = true;
      running.restEnder.abort();
      await running.ended.catch(() => {});
    }
  }

  #start(project: Project, signature: string, { rest, until }: CountOptions): Promise<boolean> {
    const running: RunningCount = {
      signature,
      rest,
      restEnder: new AbortController(),
      since: performance.now(),
      isOver: false,
      ended: Promise.resolve(false),
    };
    this.#running.set(project.id, running);
    running.ended = this.#countAll(project, running, until ?? Number.POSITIVE_INFINITY).finally(() => {
      this.#running.delete(project.id);
    });
    return running.ended;
  }

  /** Counts in passes: whatever has changed during one, the next one counts. */
  async #countAll(project: Project, running: RunningCount, until: number): Promise<boolean> {
    for (;;) {
      const { counted, stale } = await staleOf(this.#store, project);
      if (stale.length === 0) {
        return true;
      }
      let hasSaved = false;
      let { users } = counted;
      for (const place of stale) {
        const now = this.#clock();
        if (now >= until) {
          return false;
        }
        const found = await countSegment(this.#store, { ...counted, users }, place, now, () => this.#pause(running));
        if (found === undefined) {
          if (!this.#goesOn(running)) {
            return false;
          }
          break;
        }
        hasSaved = true;
        // How large a segment should be depends on it: the first count of a project has to learn it as it goes on.
        users += found - (place.segment.counted?.users ?? 0);
        if (!(await this.#pause(running))) {
          return false;
        }
      }
      // Otherwise another instance is faster, or the project is gone.
      if (!hasSaved) {
        return false;
      }
    }
  }

  /** Rests from all that was done since the last rest. Returns whether the count goes on. */
  async #pause(running: RunningCount): Promise<boolean> {
    const end = performance.now();
    const leftOf = () => end + Math.min(running.rest * (end - running.since), MAX_REST_MS) - performance.now();
    await setImmediate();
    for (let left = leftOf(); left > 0 && this.#goesOn(running); left = leftOf()) {
      await sleep(left, undefined, { signal: running.restEnder.signal, ref: false }).catch(() => {});
    }
    running.since = performance.now();
    return this.#goesOn(running);
  }

  #goesOn(running: RunningCount): boolean {
    return !running.isOver && !this.#isClosed;
  }
}
