import { setImmediate } from "node:timers/promises";
import { Tallies } from "../../domain/analytics/tallies.ts";
import type { AnalyticsStore, Segment } from "../../store/analytics.ts";

/** A segment's tallies as they were added to the sum. */
interface Part {
  readonly revision: number;
  readonly encoded: Uint8Array;
}

/** How many segments are loaded in one turn of the event loop: some 10 ms of work. */
const SEGMENTS_AT_ONCE = 10;

/** How often the sum is begun again when segments change while their tallies are read. */
const TRIES = 5;

/** The sum of the tallies of a project's segments, kept so that a read loads only what has changed since the last one. */
export class ProjectTallies {
  readonly #store: AnalyticsStore;
  readonly #projectId: string;
  #sum = new Tallies();
  readonly #parts = new Map<string, Part>();

  constructor(store: AnalyticsStore, projectId: string) {
    this.#store = store;
    this.#projectId = projectId;
  }

  /** About how much memory it takes, in bytes. */
  get bytes(): number {
    return this.#parts.values().reduce((sum, { encoded }) => sum + encoded.length, 0);
  }

  /**
   * Returns the sum and the segments that it is of. The sum must not be changed, and holds until the next call. No two
   * calls may run at once.
   */
  async update(): Promise<{ readonly sum: Tallies; readonly segments: readonly Segment[] }> {
    let segments = await this.#store.listSegments(this.#projectId);
    for (let tries = 1; tries <= TRIES; tries++) {
      await this.#load(segments);
      const now = await this.#store.listSegments(this.#projectId);
      if (areSame(segments, now)) {
        return { sum: this.#sum, segments: now };
      }
      // A segment that was divided meanwhile could be in the sum twice, or in part.
      segments = now;
    }
    throw new Error(`The segments of project ${this.#projectId} changed ${TRIES} times while they were read.`);
  }

  async #load(segments: readonly Segment[]): Promise<void> {
    const listed = new Map(segments.map((segment) => [segment.first, segment]));
    for (const first of this.#parts.keys()) {
      if (!listed.has(first)) {
        this.#replace(first, undefined);
      }
    }
    const changed = segments.filter(({ first, revision }) => this.#parts.get(first)?.revision !== revision);
    for (let start = 0; start < changed.length; start += SEGMENTS_AT_ONCE) {
      await this.#loadSome(changed.slice(start, start + SEGMENTS_AT_ONCE));
      await setImmediate();
    }
  }

  async #loadSome(segments: readonly Segment[]): Promise<void> {
    const firsts = segments.map(({ first }) => first);
    const tallies = await this.#store.readTallies(this.#projectId, firsts);
    for (const [index, { first, revision }] of segments.entries()) {
      const encoded = tallies[index];
      this.#replace(first, encoded && { revision, encoded });
    }
  }

  #replace(first: string, part: Part | undefined): void {
    const old = this.#parts.get(first);
    if (old !== undefined) {
      this.#sum.minus(Tallies.decode(old.encoded));
      this.#parts.delete(first);
    }
    if (part !== undefined) {
      this.#sum.plus(Tallies.decode(part.encoded));
      this.#parts.set(first, part);
    }
  }
}

function areSame(before: readonly Segment[], now: readonly Segment[]): boolean {
  return (
    before.length === now.length &&
    before.every(({ first, revision }, index) => first === now[index]?.first && revision === now[index]?.revision)
  );
}
