import { type CountSettings, countSettingsOf, signatureOf } from "../../domain/analytics/settings.ts";
import type { Project } from "../../domain/project.ts";
import type { AnalyticsStore, Segment } from "../../store/analytics.ts";

/** A segment of a project, with the segment after it. */
export interface PlacedSegment {
  readonly segment: Segment;
  /** The `first` of the next segment; undefined for the last one. */
  readonly end: string | undefined;
}

/** What counting a segment needs to know of its project. */
export interface CountedProject {
  readonly projectId: string;
  readonly settings: CountSettings;
  /** The signature of the settings. */
  readonly signature: string;
  /** How many users the project has, as far as is known. */
  readonly users: number;
}

/** The segments of a project, and what counting the stale ones of them needs to know. */
export interface StaleSegments {
  readonly counted: CountedProject;
  /** All segments, in order. */
  readonly segments: readonly Segment[];
  /** The stale ones, first the one that was counted longest ago. */
  readonly stale: readonly PlacedSegment[];
}

/** Returns what has to be counted again of a project. */
export async function staleOf(store: AnalyticsStore, project: Project): Promise<StaleSegments> {
  const settings = countSettingsOf(project);
  const signature = signatureOf(settings);
  const segments = await store.listSegments(project.id);
  const users = segments.reduce((sum, { counted }) => sum + (counted?.users ?? 0), 0);
  return {
    counted: { projectId: project.id, settings, signature, users },
    segments,
    stale: placed(segments)
      .filter((place) => isStale(place, signature))
      .toSorted((one, other) => timeOf(one) - timeOf(other)),
  };
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

/** Whether a segment has to be counted again. `signature` is that of what the tallies depend on now. */
export function isStale(place: PlacedSegment, signature: string): boolean {
  const { changes, counted } = place.segment;
  return !isUsable(place) || counted?.changes !== changes || counted.settings !== signature;
}

/** When a segment was counted last, in epoch milliseconds; 0 when it never was. */
export function timeOf({ segment }: PlacedSegment): number {
  return segment.counted?.time ?? 0;
}
