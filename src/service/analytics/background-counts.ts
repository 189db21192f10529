import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { countSettingsOf, signatureOf } from "../../domain/analytics/settings.ts";
import type { Project } from "../../domain/project.ts";
import type { AnalyticsStore } from "../../store/analytics.ts";
import { countSegment } from "./count-segment.ts";
import { staleOf } from "./stale.ts";

/** The longest rest, in milliseconds. After a longer one, whoever needs the count sooner would wait for it. */
const MAX_REST_MS = 1_000;

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
  isOver: boolean;
  ended: Promise<boolean>;
}

/** Counts of whole projects, at most one of each project at a time. */
export class BackgroundCounts {
  readonly #store: AnalyticsStore;
  readonly #clock: () => number;
  readonly #running = new Map<string, RunningCount>();
  readonly #closing = new AbortController();

  /** @param clock the server's time in epoch milliseconds */
  constructor(store: AnalyticsStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether the counts were ended. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends all counts. */
  close(): void {
    this.#closing.abort();
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
        running.rest = Math.min(running.rest, options.rest);
        return await running.ended;
      }
      running.isOver = true;
      await running.ended.catch(() => {});
    }
  }

  #start(project: Project, signature: string, { rest, until }: CountOptions): Promise<boolean> {
    const running: RunningCount = { signature, rest, isOver: false, ended: Promise.resolve(false) };
    this.#running.set(project.id, running);
    running.ended = this.#countAll(project, running, until ?? Number.POSITIVE_INFINITY).finally(() => {
      this.#running.delete(project.id);
    });
    return running.ended;
  }

  async #countAll(project: Project, running: RunningCount, until: number): Promise<boolean> {
    for (;;) {
      const { counted, stale } = await staleOf(this.#store, project);
      const [next] = stale;
      const now = this.#clock();
      if (next === undefined || now >= until) {
        return next === undefined;
      }
      const isSaved = await countSegment(this.#store, counted, next, now, (took) => this.#pause(took, running));
      // Otherwise whoever was faster goes on, or the project is gone.
      if (!isSaved) {
        return false;
      }
    }
  }

  /** Rests after a slice. Returns whether the count goes on. */
  async #pause(took: number, running: RunningCount): Promise<boolean> {
    const rest = Math.min(running.rest * took, MAX_REST_MS);
    if (rest > 0) {
      await sleep(rest, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
    } else {
      await setImmediate();
    }
    return !running.isOver && !this.isClosed;
  }
}
