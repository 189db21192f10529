/** An event as a store keeps it. */
export interface RawEvent {
  readonly userHash: string;
  readonly event: string;
  readonly type: string;
  /** Epoch day. */
  readonly day: number;
}

/** What a month's raw events say of the usage, in the words of the contract. */
export interface Recount {
  readonly activeStreakers: number;
  readonly daysDone: number;
  readonly impressions: number;
  readonly interactions: number;
}

/** Counts the usage of a month from a project's raw events, as plainly as can be: with none of streakd's own code. */
export function recount(events: readonly RawEvent[], month: string): Recount {
  const inMonth = events.filter(({ day }) => new Date(day * 86_400_000).toISOString().startsWith(month));
  const checkIns = inMonth.filter(({ type }) => type === "streak_interaction");
  const count = (type: string) => inMonth.filter((event) => event.type === type).length;
  return {
    activeStreakers: new Set(checkIns.map(({ userHash }) => userHash)).size,
    daysDone: new Set(checkIns.map(({ userHash, event, day }) => JSON.stringify([userHash, event, day]))).size,
    impressions: count("widget_impression"),
    interactions: count("widget_interaction"),
  };
}
