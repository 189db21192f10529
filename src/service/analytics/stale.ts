import type { Segment } from "../../store/analytics.ts";

/** A segment of a project, with the segment after it. */
export interface PlacedSegment {
  readonly segment: Segment;
  /** The `first` of the next segment; undefined for the last one. */
  readonly end: string | undefined;
}

/** Returns segments with their ends, in the same order. */
export function placed(segments: readonly Segment[]): PlacedSegment[] {
  return segments.map((segment, index) => ({ segment, end: segments[index + 1]?.first }));
}

/**
 * Whether the tallies of a segment are of exactly its users. They may be old, but a sum with them counts every user once.
 * They are not when nothing was counted yet, or when the segment was divided and the process ended amid that.
 */
export function isUsable({ segment, end }: PlacedSegment): boolean {
  return segment.counted !== undefined && segment.counted.end === end;
}

/** Whether a segment has to be counted again. `settings` is the signature of what the tallies depend on now. */
export function isStale(place: PlacedSegment, settings: string): boolean {
  const { changes, counted } = place.segment;
  return !isUsable(place) || counted?.changes !== changes || counted.settings !== settings;
}
