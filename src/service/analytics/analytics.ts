import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { countSettingsOf, signatureOf } from "../../domain/analytics/settings.ts";
import type { Tallies } from "../../domain/analytics/tallies.ts";
import type { Project } from "../../domain/project.ts";
import { StreakdError } from "../../errors.ts";
import type { AnalyticsStore, Segment } from "../../store/analytics.ts";
import { BackgroundCounts, type CountOptions } from "./background-counts.ts";
import { countSegment } from "./count-segment.ts";
import { ProjectTallies } from "./project-tallies.ts";
import { isStale, isUsable, type PlacedSegment, placed, type StaleSegments, staleOf, timeOf } from "./stale.ts";

/**
 * How many users a read counts at most: some 100 milliseconds of work. When the segments that have changed have more, the
 * read counts none, and leaves them to a count in the background.
 */
const USERS_OF_A_READ = 2_000;

/** How many noted changes a read folds. Whatever is beyond them waits for the job, which folds all every ten seconds. */
const NOTES_OF_A_READ = 5_000;

/** How long a read waits for the first count of a project, in milliseconds. */
const FIRST_COUNT_MS = 5_000;

/** How long a caller should wait who was told that the project is being counted, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** After a read that could not count everything, what is left is counted with rests this many times as long. */
const REST_AFTER_READ = 3;

/** How much memory the encoded tallies of projects take, in bytes. Their sums take some part of it more. */
const MAX_CACHED_BYTES = 256 * 1024 * 1024;

/** What was read from a project's tallies. */
export interface Read<Value> {
  readonly value: Value;
  /** Everything that was recorded before this time is counted; epoch milliseconds. */
  readonly countedTime: number;
}

/** A read that waits for the read before. Calls for the same project and settings share it until it begins. */
interface WaitingRead {
  /** The signature of the settings that it counts with. */
  readonly signature: string;
  /** What the callers do with the tallies. */
  readonly uses: ((tallies: Tallies) => void)[];
  readonly countedTime: Promise<number>;
}

/** The tallies of projects: all answers about analytics are computed from them. */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #clock: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #counts: BackgroundCounts;
  /** A project whose tallies alone are larger than the bound is added up anew for each read. */
  readonly #sums = new LRUCache<string, ProjectTallies>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes),
  });
  /** The last read of each project: reads of one project come one after another, since they share its sum. */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, WaitingRead>();

  /**
   * @param clock the server's time in epoch milliseconds
   * @param onError is told of a count in the background that has failed; the next read or the job tries it again
   */
  constructor(store: AnalyticsStore, clock: () => number, onError: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    this.#counts = new BackgroundCounts(store, clock);
  }

  /**
   * Reads the tallies of a project. Counts first what has changed, if that is quickly done; otherwise `countedTime` is
   * earlier.
   *
   * @param use computes what is asked for, at once. It must neither change the tallies nor keep them
   * @throws StreakdError OVERLOADED when the project is large and is being counted for the first time
   */
  async read<Value>(project: Project, use: (tallies: Tallies) => Value): Promise<Read<Value>> {
    const waiting = this.#waitingRead(project);
    const used: Value[] = [];
    waiting.uses.push((tallies) => {
      used.push(use(tallies));
    });
    const countedTime = await waiting.countedTime;
    return { value: used[0] as Value, countedTime };
  }

  /** Counts whatever is stale of a project. Returns whether it came to the end. */
  async count(project: Project, options: CountOptions): Promise<boolean> {
    return await this.#counts.count(project, options);
  }

  /** Ends the counts in the background. */
  close(): void {
    this.#counts.close();
  }

  #waitingRead(project: Project): WaitingRead {
    const { id } = project;
    const signature = signatureOf(countSettingsOf(project));
    const known = this.#waiting.get(id);
    if (known?.signature === signature) {
      return known;
    }
    const before = this.#last.get(id) ?? Promise.resolve();
    const waiting: WaitingRead = {
      signature,
      uses: [],
      countedTime: before
        .catch(() => {})
        .then(() => {
          if (this.#waiting.get(id) === waiting) {
            this.#waiting.delete(id);
          }
          return this.#read(project, signature, waiting.uses);
        })
        .finally(() => {
          if (this.#last.get(id) === waiting.countedTime) {
            this.#last.delete(id);
          }
        }),
    };
    this.#waiting.set(id, waiting);
    this.#last.set(id, waiting.countedTime);
    return waiting;
  }

  async #read(project: Project, signature: string, uses: WaitingRead["uses"]): Promise<number> {
    const now = this.#clock();
    const { oldestLeft = now } = await this.#store.foldChanges(project.id, NOTES_OF_A_READ);
    const listed = await this.#countFew(project);
    const tallies = this.#sums.get(project.id) ?? new ProjectTallies(this.#store, project.id);
    const { sum, segments } = await tallies.update(listed);
    this.#sums.set(project.id, tallies);
    const places = placed(segments);
    if (!places.every(isUsable)) {
      throw new StreakdError("OVERLOADED", "This project is large, and is being counted. Ask again later.", {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const stale = places.filter((place) => isStale(place, signature));
    if (stale.length > 0) {
      this.count(project, { rest: REST_AFTER_READ }).catch((error) => this.#failed(error));
    }
    for (const use of uses) {
      use(sum);
    }
    return Math.min(now, oldestLeft, ...stale.map(timeOf));
  }

  /** Counts what is stale, if that is quickly done or the project was never counted. Returns the segments after that. */
  async #countFew(project: Project): Promise<readonly Segment[]> {
    const found = await staleOf(this.#store, project);
    let { segments } = found;
    if (found.stale.length > 0 && usersOf(found.stale) <= USERS_OF_A_READ) {
      await this.#countAtOnce(found);
      segments = await this.#store.listSegments(project.id);
    }
    if (!placed(segments).every(isUsable)) {
      await Promise.race([this.count(project, { rest: 0 }), sleep(FIRST_COUNT_MS, undefined, { ref: false })]);
      segments = await this.#store.listSegments(project.id);
    }
    return segments;
  }

  async #countAtOnce({ counted, stale }: StaleSegments): Promise<void> {
    for (const place of stale) {
      await countSegment(this.#store, counted, place, this.#clock(), async () => {
        await setImmediate();
        return true;
      });
      await setImmediate();
    }
  }

  #failed(error: unknown): void {
    if (!this.#counts.isClosed) {
      this.#onError(error);
    }
  }
}

/** How many users these segments have: without end where nobody has counted them. */
function usersOf(places: readonly PlacedSegment[]): number {
  return places.reduce((sum, { segment }) => sum + (segment.counted?.users ?? Number.POSITIVE_INFINITY), 0);
}
