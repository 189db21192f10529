import type { StreakLength } from "#gen/streak/v1/analytics_service_pb.ts";

/** Streaks of about the same length. */
export interface StreakGroup {
  /** Such as `4–6`. */
  readonly label: string;
  /** The same for narrow places: `4+`. */
  readonly shortLabel: string;
  readonly streaks: number;
}

/** The shortest length of each group, in days. */
const STARTS = [1, 2, 3, 4, 7, 14, 30, 60, 100, 200, 365] as const;

/** Puts streaks of about the same length together: one length each at first, then weeks, months, years. */
export function groupStreaks(lengths: readonly Pick<StreakLength, "days" | "streaks">[]): StreakGroup[] {
  return STARTS.map((first, index) => {
    const next = STARTS[index + 1] ?? Number.POSITIVE_INFINITY;
    const streaks = lengths
      .filter(({ days }) => days >= first && days < next)
      .reduce((sum, { streaks }) => sum + streaks, 0);
    const label = labelOf(first, next);
    return { label, shortLabel: label === `${first}` ? label : `${first}+`, streaks };
  });
}

function labelOf(first: number, next: number): string {
  if (next === Number.POSITIVE_INFINITY) {
    return `${first}+`;
  }
  return next === first + 1 ? `${first}` : `${first}–${next - 1}`;
}
