import { create } from "@bufbuild/protobuf";
import { OverLimit, type Plan as PlanMessage, PlanName, PlanSchema } from "#gen/streak/v1/plan_pb.ts";
import { type PlanName as Name, PLAN_LIMITS, type Plan } from "../../domain/plans.ts";
import { refusal } from "../../errors.ts";

const NAMES: ReadonlyMap<PlanName, Name> = new Map([
  [PlanName.STARTER, "starter"],
  [PlanName.GROWTH, "growth"],
  [PlanName.SCALE, "scale"],
  [PlanName.PRO, "pro"],
  [PlanName.CUSTOM, "custom"],
]);

/**
 * A plan that is set now, from what a request says; undefined for none.
 *
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY when it names no plan, or the number of active streakers is not the plan's
 */
export function readPlan(message: PlanMessage | undefined, now: number): Plan | undefined {
  if (message === undefined) {
    return undefined;
  }
  const name = NAMES.get(message.name);
  if (name === undefined) {
    const { activeStreakers, overLimit } = message;
    // A change of one field would otherwise take the whole plan away.
    if (message.name !== PlanName.NONE || activeStreakers !== undefined || overLimit !== OverLimit.UNSPECIFIED) {
      throw refusal(
        "project.plan.name",
        'must name a plan, and each change gives the plan whole: "custom" for a number of active streakers of your own, ' +
          '"none" alone for no plan',
      );
    }
    return undefined;
  }
  const overLimit = message.overLimit === OverLimit.REJECT ? "reject" : "accept";
  return { name, activeStreakers: readActiveStreakers(name, message.activeStreakers), overLimit, since: now };
}

function readActiveStreakers(name: Name, given: number | undefined): number {
  if (name === "custom") {
    if (given === undefined) {
      throw refusal("project.plan.activeStreakers", "must say how many active streakers the custom plan allows");
    }
    return given;
  }
  const limit = PLAN_LIMITS[name];
  if (given !== undefined && given !== limit) {
    throw refusal(
      "project.plan.activeStreakers",
      `must be ${limit} or left out: that is what the plan "${name}" allows. Name the plan "custom" for another number`,
    );
  }
  return limit;
}

/** A plan as the contract's message. */
export function planToMessage({ name, activeStreakers, overLimit }: Plan): PlanMessage {
  const names = { starter: PlanName.STARTER, growth: PlanName.GROWTH, scale: PlanName.SCALE, pro: PlanName.PRO };
  return create(PlanSchema, {
    name: name === "custom" ? PlanName.CUSTOM : names[name],
    activeStreakers,
    overLimit: overLimit === "reject" ? OverLimit.REJECT : OverLimit.ACCEPT,
  });
}
