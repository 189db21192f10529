import type { Outcome } from "./events.ts";

/**
 * The seats of projects whose plan rejects new streakers over its limit. A seat is an active streaker's place in a
 * month: whoever holds one goes on, and whoever does not needs a free one. `EventStore.record` claims seats for events
 * that have a `gate`; linking two users frees a seat.
 *
 * A project gets seats only once it has such a plan, so users may be active who hold none. Before the first newcomer is
 * let in, its month is opened: every active user gets a seat, over the limit too.
 */
export interface SeatStore {
  /**
   * Opens a month: gives a seat to every user of the project who is active in it. It reads all users of the project, a
   * slice at a time. Does nothing when the month is open already. After a rejection calling it again starts anew.
   *
   * @param since the gate's
   * @param now the server's clock in epoch milliseconds
   */
  openMonth(projectId: string, month: string, since: number, now: number): Promise<void>;
}

/**
 * For how long after a plan was set events may still be recorded that were accepted before, in milliseconds: other
 * instances learn of the plan half a second later, and a call takes half a minute at most. A month that was opened
 * within this time is opened once more after it.
 */
export const STRAGGLERS_MS = 60_000;

/** The outcomes of events whose users get no seat. */
export type Refusal = Extract<Outcome, "full" | "unopened">;

/** What is known of the seats of a project. */
export interface Opening {
  /** The gate's `since` for which its users were last read. */
  readonly since: number;
  /** When they were last read, in epoch milliseconds. */
  readonly openedAt: number;
  /** The months in which users were active then and have not been given seats yet. Every other month is open. */
  readonly unseated: readonly string[];
}

/** Whether newcomers of a month can be let in: whoever was active before the gate has a seat. */
export function isOpen(opening: Opening | undefined, month: string, since: number, now: number): boolean {
  return isCurrent(opening, since, now) && !opening.unseated.includes(month);
}

/** Whether the users of a project were read since its gate was set, and since no older event can come any more. */
export function isCurrent(opening: Opening | undefined, since: number, now: number): opening is Opening {
  if (opening === undefined || opening.since < since) {
    return false;
  }
  const settledAt = since + STRAGGLERS_MS;
  return opening.openedAt >= settledAt || now < settledAt;
}
