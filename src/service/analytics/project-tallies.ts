import { setImmediate } from "node:timers/promises";
import { Tallies } from "../../domain/analytics/tallies.ts";
import type { AnalyticsStore, Segment, StoredTallies } from "../../store/analytics.ts";

/** How many segments are loaded in one turn of the event loop: some 10 ms of work. */
const SEGMENTS_AT_ONCE = 10;

/** How often the segments are listed again when they change while their tallies are read. */
const TRIES = 5;

/** The sum of the tallies of a project's segments, kept so that a read loads only what has changed since the last one. */
export class ProjectTallies {
  readonly #store: AnalyticsStore;
  readonly #projectId: string;
  #sum = new Tallies();
  /** The tallies in the sum, by the `first` of their segments. */
  readonly #parts = new Map<string, StoredTallies>();

  constructor(store: AnalyticsStore, projectId: string) {
    this.#store = store;
    this.#projectId = projectId;
  }

  /** About how much memory it takes, in bytes. */
  get bytes(): number {
    return this.#parts.values().reduce((sum, { tallies }) => sum + tallies.length, 0);
  }

  /**
   * Returns the sum and the segments that it is of: those that were listed, or later ones. The sum must not be changed, and
   * holds until the next call. No two calls may run at once.
   */
  async update(listed: readonly Segment[]): Promise<{ readonly sum: Tallies; readonly segments: readonly Segment[] }> {
    let segments = listed;
    for (let tries = 1; tries <= TRIES; tries++) {
      if (await this.#load(segments)) {
        return { sum: this.#sum, segments };
      }
      segments = await this.#store.listSegments(this.#projectId);
    }
    throw new Error(`The segments of project ${this.#projectId} changed ${TRIES} times while they were read.`);
  }

  /** Makes the sum that of these segments. Returns false when one of them has changed since they were listed. */
  async #load(segments: readonly Segment[]): Promise<boolean> {
    const listed = new Map(segments.map((segment) => [segment.first, segment]));
    for (const first of this.#parts.keys()) {
      if (!listed.has(first)) {
        this.#replace(first, undefined);
      }
    }
    const changed = segments.filter(({ first, revision }) => this.#parts.get(first)?.revision !== revision);
    for (let start = 0; start < changed.length; start += SEGMENTS_AT_ONCE) {
      if (!(await this.#loadSome(changed.slice(start, start + SEGMENTS_AT_ONCE)))) {
        return false;
      }
      await setImmediate();
    }
    return true;
  }

  async #loadSome(segments: readonly Segment[]): Promise<boolean> {
    const firsts = segments.map(({ first }) => first);
    const parts = await this.#store.readTallies(this.#projectId, firsts);
    for (const [index, first] of firsts.entries()) {
      this.#replace(first, parts[index]);
    }
    return segments.every(
      ({ counted, revision }, index) => counted === undefined || parts[index]?.revision === revision,
    );
  }

  #replace(first: string, part: StoredTallies | undefined): void {
    const old = this.#parts.get(first);
    if (old !== undefined) {
      this.#sum.minus(Tallies.decode(old.tallies));
      this.#parts.delete(first);
    }
    if (part !== undefined) {
      this.#sum.plus(Tallies.decode(part.tallies));
      this.#parts.set(first, part);
    }
  }
}
