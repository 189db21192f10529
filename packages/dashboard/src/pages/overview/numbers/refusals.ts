import type { CallCount } from "#gen/streak/v1/system_service_pb.ts";
import { errorCatalogue } from "#src/error-catalogue.ts";
import type { ProjectPage } from "../../../routes.ts";

/** Where in the dashboard somebody can mend what calls were refused for. */
export interface Remedy {
  readonly page: ProjectPage;
  /** The tab of the settings. */
  readonly tab?: string;
  readonly label: string;
}

const SECRETS = { page: "settings", tab: "secrets", label: "Signing secrets" } as const;
const PLAN = { page: "settings", tab: "plan", label: "Plan and limits" } as const;

const REMEDIES: Readonly<Record<string, Remedy>> = {
  FORBIDDEN_ORIGIN: { page: "settings", label: "Add the origin" },
  INVALID_WIDGET_KIND: { page: "widgets", label: "Add a widget" },
  RATE_LIMITED: PLAN,
  PLAN_LIMIT_REACHED: PLAN,
  USER_TOKEN_REQUIRED: { page: "settings", label: "Signed users" },
  INVALID_TOKEN: SECRETS,
  INVALID_TOKEN_SIGNATURE: SECRETS,
  FORBIDDEN: { page: "settings", tab: "tokens", label: "Tokens" },
};

/** What the server's metrics call everything that has no code of the catalogue. */
const OTHER = "OTHER";

/** What calls with this code were refused for. Names in it are between backticks. */
export function meaningOf(code: string): string {
  if (code === OTHER) {
    return "The client left before the answer, or its protocol refused the call.";
  }
  return isKnown(code) ? errorCatalogue[code].meaning : "A newer server refused the call: reload this page.";
}

/** Where what calls with this code were refused for is mended; undefined when that is not in the dashboard. */
export function remedyOf(code: string): Remedy | undefined {
  return Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
}

function isKnown(code: string): code is keyof typeof errorCatalogue {
  return Object.hasOwn(errorCatalogue, code);
}

/** The calls that were refused, the most frequent first, and how many calls there were with each outcome. */
export function splitCalls(calls: readonly CallCount[]) {
  const refused = calls.filter(({ code }) => code !== "OK").toSorted((a, b) => b.calls - a.calls);
  const sum = (some: readonly CallCount[]) => some.reduce((total, { calls }) => total + calls, 0);
  const all = sum(calls);
  return { all, refused, refusedCalls: sum(refused) };
}
