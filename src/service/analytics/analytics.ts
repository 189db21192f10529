import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { countSettingsOf, signatureOf } from "../../domain/analytics/settings.ts";
import type { Tallies } from "../../domain/analytics/tallies.ts";
import type { Project } from "../../domain/project.ts";
import { StreakdError } from "../../errors.ts";
import type { AnalyticsStore, Segment } from "../../store/analytics.ts";
import { type CountedProject, countSegment } from "./count-segment.ts";
import { ProjectTallies } from "./project-tallies.ts";
import { isStale, isUsable, type PlacedSegment, placed } from "./stale.ts";

/**
 * How many users a read counts at most: some 100 milliseconds of work. When the segments that have changed have more, the
 * read counts none, and leaves them to the count in the background.
 */
const USERS_OF_A_READ = 2_000;

/** How many noted changes a read folds. Whatever is beyond them waits for the job, which folds all every ten seconds. */
const NOTES_OF_A_READ = 5_000;

/** How long a read waits for the first count of a project, in milliseconds. */
const FIRST_COUNT_MS = 5_000;

/** After a read that could not count everything, what is left is counted with rests this many times as long. */
const REST_AFTER_READ = 3;

/** How much memory the encoded tallies of projects take, in bytes. Their sums take some part of it more. */
const MAX_CACHED_BYTES = 256 * 1024 * 1024;

/** A project's tallies. */
export interface ReadTallies {
  /** Must not be changed. They hold until the next read of the project begins, so use them at once. */
  readonly tallies: Tallies;
  /** Everything that was recorded before this time is counted; epoch milliseconds. */
  readonly countedTime: number;
}

/** How to count in the background. */
export interface CountOptions {
  /** How many times as long as it counts it rests between segments, so that events are recorded as fast as before. */
  readonly rest: number;
  /** When it begins no further segment, in epoch milliseconds; undefined for no end. */
  readonly until?: number;
}

/** A read that waits for the read before. Calls for the same project and settings share it until it begins. */
interface WaitingRead {
  /** The signature of the settings that it counts with. */
  readonly signature: string;
  readonly read: Promise<ReadTallies>;
}

/** The tallies of projects: all answers about analytics are computed from them. */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #clock: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #sums = new LRUCache<string, ProjectTallies>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes),
  });
  /** The counts that go on in the background, by project. */
  readonly #counts = new Map<string, Promise<boolean>>();
  /** The last read of each project: reads of one project come one after another, since they share its sum. */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, WaitingRead>();
  readonly #closing = new AbortController();

  /**
   * @param clock the server's time in epoch milliseconds
   * @param onError is told of a count in the background that has failed; the next read or the job tries it again
   */
  constructor(store: AnalyticsStore, clock: () => number, onError: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
  }

  /**
   * Returns the tallies of a project. Counts first what has changed, but not for long: then `countedTime` is earlier.
   *
   * @throws StreakdError OVERLOADED when the project is large and is being counted for the first time
   */
  async read(project: Project): Promise<ReadTallies> {
    const { id } = project;
    const signature = signatureOf(countSettingsOf(project));
    const waiting = this.#waiting.get(id);
    if (waiting?.signature === signature) {
      return await waiting.read;
    }
    const before = this.#last.get(id) ?? Promise.resolve();
    const read = before
      .catch(() => {})
      .then(() => {
        if (this.#waiting.get(id)?.read === read) {
          this.#waiting.delete(id);
        }
        return this.#read(project, signature);
      });
    this.#waiting.set(id, { signature, read });
    this.#last.set(id, read);
    try {
      return await read;
    } finally {
      if (this.#last.get(id) === read) {
        this.#last.delete(id);
      }
    }
  }

  /** Ends the counts in the background. */
  close(): void {
    this.#closing.abort();
  }

  /** Counts whatever is stale of a project. Returns whether it came to the end. */
  async count(project: Project, { rest, until = Number.POSITIVE_INFINITY }: CountOptions): Promise<boolean> {
    const running = this.#counts.get(project.id);
    if (running !== undefined) {
      return await running;
    }
    const count = this.#countAll(project, rest, until).finally(() => this.#counts.delete(project.id));
    this.#counts.set(project.id, count);
    return await count;
  }

  async #read(project: Project, signature: string): Promise<ReadTallies> {
    const now = this.#clock();
    const { oldestLeft = now } = await this.#store.foldChanges(project.id, NOTES_OF_A_READ);
    await this.#countFew(project);
    if (!(await this.#isUsable(project.id))) {
      await Promise.race([this.count(project, { rest: 0 }), sleep(FIRST_COUNT_MS, undefined, { ref: false })]);
    }
    const { sum, segments } = await this.#sumOf(project.id).update();
    const places = placed(segments);
    if (!places.every(isUsable)) {
      throw new StreakdError(
        "OVERLOADED",
        "This project is large, and is being counted for the first time. Ask again in some seconds.",
        { retryAfterSeconds: 5 },
      );
    }
    const stale = places.filter((place) => isStale(place, signature));
    if (stale.length > 0) {
      this.count(project, { rest: REST_AFTER_READ }).catch((error) => this.#failed(error));
    }
    const countedTimes = stale.map(({ segment }) => segment.counted?.time ?? 0);
    return { tallies: sum, countedTime: Math.min(now, oldestLeft, ...countedTimes) };
  }

  /** Counts what is stale, if that is quickly done. */
  async #countFew(project: Project): Promise<void> {
    const { counted, stale } = await this.#staleOf(project);
    const users = stale.reduce((sum, { segment }) => sum + (segment.counted?.users ?? Number.POSITIVE_INFINITY), 0);
    if (users <= USERS_OF_A_READ) {
      for (const place of stale) {
        await countSegment(this.#store, counted, place, this.#clock());
      }
    }
  }

  async #countAll(project: Project, rest: number, until: number): Promise<boolean> {
    for (;;) {
      const { counted, stale } = await this.#staleOf(project);
      const [next] = stale;
      if (next === undefined) {
        return true;
      }
      if (this.#clock() >= until || this.#closing.signal.aborted) {
        return false;
      }
      const start = performance.now();
      await countSegment(this.#store, counted, next, this.#clock());
      if (rest > 0) {
        const { signal } = this.#closing;
        await sleep(rest * (performance.now() - start), undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  #failed(error: unknown): void {
    if (!this.#closing.signal.aborted) {
      this.#onError(error);
    }
  }

  /** Returns the stale segments of a project, first the one that was counted longest ago, and what counting them needs. */
  async #staleOf(
    project: Project,
  ): Promise<{ readonly counted: CountedProject; readonly stale: readonly PlacedSegment[] }> {
    const settings = countSettingsOf(project);
    const signature = signatureOf(settings);
    const segments = await this.#store.listSegments(project.id);
    const users = segments.reduce((sum, { counted }) => sum + (counted?.users ?? 0), 0);
    return {
      counted: { projectId: project.id, settings, signature, users },
      stale: placed(segments)
        .filter((place) => isStale(place, signature))
        .toSorted((one, other) => timeOf(one.segment) - timeOf(other.segment)),
    };
  }

  async #isUsable(projectId: string): Promise<boolean> {
    return placed(await this.#store.listSegments(projectId)).every(isUsable);
  }

  #sumOf(projectId: string): ProjectTallies {
    const sum = this.#sums.get(projectId) ?? new ProjectTallies(this.#store, projectId);
    // Set anew each time, since its size has changed.
    this.#sums.set(projectId, sum);
    return sum;
  }
}

/** When a segment was counted last, in epoch milliseconds. */
function timeOf({ counted }: Segment): number {
  return counted?.time ?? 0;
}
