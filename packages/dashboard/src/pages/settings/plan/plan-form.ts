import { OverLimit, PlanName } from "#gen/streak/v1/plan_pb.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import type { FormKind } from "../project-form.ts";

/** What the form holds. Numbers are texts, empty when they are not given. */
export interface PlanDraft {
  readonly plan: keyof typeof PLANS;
  readonly activeStreakers: string;
  readonly overLimit: keyof typeof OVER_LIMITS;
  readonly hasRateLimit: boolean;
  readonly requestsPerSecond: string;
  readonly burst: string;
}

/** The plans, with the words of the form. */
export const PLANS = {
  none: { value: PlanName.NONE, label: "No plan: no limit" },
  starter: { value: PlanName.STARTER, label: "Starter" },
  growth: { value: PlanName.GROWTH, label: "Growth" },
  scale: { value: PlanName.SCALE, label: "Scale" },
  pro: { value: PlanName.PRO, label: "Pro" },
  custom: { value: PlanName.CUSTOM, label: "Custom: a number of your own" },
} as const;

/** What happens over the limit, with the words of the form. */
export const OVER_LIMITS = {
  accept: { value: OverLimit.ACCEPT, label: "Count them all the same" },
  reject: { value: OverLimit.REJECT, label: "Refuse their events until the month ends" },
} as const;

/** The names of the plans, the smallest first. */
export const PLAN_NAMES = Object.keys(PLANS) as (keyof typeof PLANS)[];

/** The names of what happens over the limit. */
export const OVER_LIMIT_NAMES = Object.keys(OVER_LIMITS) as (keyof typeof OVER_LIMITS)[];

/** The form about a project's plan and rate limit. */
export const PLAN: FormKind<PlanDraft> = {
  toDraft: ({ plan, rateLimit }: Project) => ({
    plan: PLAN_NAMES.find((each) => PLANS[each].value === plan?.name) ?? "none",
    activeStreakers: plan?.name === PlanName.CUSTOM ? `${plan.activeStreakers ?? ""}` : "",
    overLimit: plan?.overLimit === OverLimit.REJECT ? "reject" : "accept",
    hasRateLimit: rateLimit !== undefined,
    requestsPerSecond: `${rateLimit?.requestsPerSecond ?? ""}`,
    burst: `${rateLimit?.burst || ""}`,
  }),
  fields: [
    {
      label: "Plan",
      path: "plan",
      toProject: ({ plan, activeStreakers, overLimit }) => ({
        plan: {
          name: PLANS[plan].value,
          ...(plan === "custom" && activeStreakers !== "" && { activeStreakers: Number(activeStreakers) }),
          ...(plan !== "none" && { overLimit: OVER_LIMITS[overLimit].value }),
        },
      }),
      show: ({ plan, activeStreakers, overLimit }) =>
        [PLANS[plan].label, plan === "custom" && activeStreakers, plan !== "none" && OVER_LIMITS[overLimit].label]
          .filter(Boolean)
          .join(", "),
    },
    {
      label: "Rate limit",
      path: "rate_limit",
      toProject: ({ hasRateLimit, requestsPerSecond, burst }) =>
        hasRateLimit ? { rateLimit: { requestsPerSecond: Number(requestsPerSecond), burst: Number(burst) } } : {},
      show: ({ hasRateLimit, requestsPerSecond, burst }) =>
        hasRateLimit ? `${requestsPerSecond} a second, ${burst || requestsPerSecond} at once` : "the server’s",
    },
  ],
};
