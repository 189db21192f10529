/** How many active streakers a month each named plan allows. A custom plan says so itself. */
export const PLAN_LIMITS = { starter: 500, growth: 2_500, scale: 10_000, pro: 50_000 } as const;

/** A plan's name. */
export type PlanName = keyof typeof PLAN_LIMITS | "custom";

/**
 * How many active streakers a project may have in a month. An active streaker is a user, aliases followed, with at
 * least one done day in the month, whatever the event. A day belongs to the month that it lies in, however late its
 * event comes.
 */
export interface Plan {
  readonly name: PlanName;
  /** The limit: at least 1. */
  readonly activeStreakers: number;
  /** What becomes of new streakers over the limit: they are counted like all others, or they are rejected. */
  readonly overLimit: "accept" | "reject";
  /**
   * When the plan was set, in epoch milliseconds. Events that were accepted before then may have made streakers that
   * hold no seat.
   */
  readonly since: number;
}

/** What new streakers have to pass in a project whose plan rejects those over the limit. */
export type Gate = Pick<Plan, "name" | "activeStreakers" | "since">;

/** Returns the gate of a plan; undefined where nobody is rejected. */
export function gateOf(plan: Plan | undefined): Gate | undefined {
  if (plan?.overLimit !== "reject") {
    return undefined;
  }
  const { name, activeStreakers, since } = plan;
  return { name, activeStreakers, since };
}

/** Whether two plans say the same, whenever they were set. */
export function isSamePlan(one: Plan | undefined, other: Plan | undefined): boolean {
  return (
    one?.name === other?.name && one?.activeStreakers === other?.activeStreakers && one?.overLimit === other?.overLimit
  );
}
