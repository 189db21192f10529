import type { CallCount } from "#gen/streak/v1/system_service_pb.ts";
import type { ProjectPage } from "../../../routes.ts";

/** What calls were refused for, in words, and where it is mended. */
export interface Reason {
  readonly text: string;
  readonly mend?: { readonly page: ProjectPage; readonly tab?: string; readonly label: string };
}

const SECRETS = { page: "settings", tab: "secrets", label: "Signing secrets" } as const;
const PLAN = { page: "settings", tab: "plan", label: "Plan and limits" } as const;

const REASONS: Readonly<Record<string, Reason>> = {
  FORBIDDEN_ORIGIN: {
    text: "The page’s origin is not one of the project’s.",
    mend: { page: "settings", label: "Add the origin" },
  },
  INVALID_WIDGET_KIND: {
    text: "The project has no widget for the event.",
    mend: { page: "widgets", label: "Add a widget" },
  },
  RATE_LIMITED: { text: "Calls came faster than the rate limit allows.", mend: PLAN },
  PLAN_LIMIT_REACHED: { text: "A new user would be one more than the plan allows this month.", mend: PLAN },
  USER_TOKEN_REQUIRED: {
    text: "The project wants a user token, and the call had none.",
    mend: { page: "settings", label: "Signed users" },
  },
  INVALID_BODY: { text: "A field of the call breaks its rule." },
  INVALID_TOKEN: { text: "The signed token could not be read.", mend: SECRETS },
  INVALID_TOKEN_ALGORITHM: { text: "The signed token is not signed with HS256." },
  INVALID_TOKEN_SIGNATURE: { text: "None of the project’s secrets has signed the token.", mend: SECRETS },
  TOKEN_CLAIM_MISSING: { text: "The signed token lacks a claim." },
  TOKEN_EXPIRED: { text: "The signed token had expired." },
  TOKEN_TOO_LONG_LIVED: { text: "The signed token would be valid for too long." },
  TOKEN_FOR_OTHER_PROJECT: { text: "The signed token was for another project." },
  TOKEN_FOR_OTHER_USER: { text: "The user token was for another user." },
  FORBIDDEN: {
    text: "The caller’s token does not allow the call.",
    mend: { page: "settings", tab: "tokens", label: "Tokens" },
  },
  NOT_FOUND: { text: "What was asked for is not there." },
  OVERLOADED: { text: "The server or its store could not keep up." },
  DEADLINE_EXCEEDED: { text: "The caller’s own deadline was over." },
  INTERNAL: { text: "The server failed. Its log says why." },
  OTHER: { text: "The client left before the answer, or its protocol refused the call." },
};

/** Why calls with this code were refused. */
export function reasonOf(code: string): Reason {
  return REASONS[code] ?? { text: "See the list of errors." };
}

/** The calls that were refused, the most frequent first, and how many calls there were with each outcome. */
export function splitCalls(calls: readonly CallCount[]) {
  const refused = calls.filter(({ code }) => code !== "OK").toSorted((a, b) => b.calls - a.calls);
  const sum = (some: readonly CallCount[]) => some.reduce((total, { calls }) => total + calls, 0);
  const all = sum(calls);
  return { all, refused, refusedCalls: sum(refused) };
}
