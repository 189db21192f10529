import { create } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import {
  type AnalyticsSettings as AnalyticsSettingsMessage,
  type Project as ProjectMessage,
  ProjectSchema,
  type RateLimit as RateLimitMessage,
  SignedUsers as SignedUsersEnum,
} from "#gen/streak/v1/project_pb.ts";
import { dayOf } from "../../domain/day.ts";
import { parseAllowedOrigin, problemOfOrigin } from "../../domain/origins.ts";
import type { AnalyticsSettings, Project, ProjectChange, SignedUsers } from "../../domain/project.ts";
import type { RateLimit } from "../../domain/rate-limit.ts";
import { clip, refusal } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { randomId } from "../random-id.ts";
import { readZone } from "../zone.ts";
import { etagOf, newEtag } from "./etag.ts";
import { planToMessage, readPlan } from "./plan-message.ts";
import { refuseRepeated } from "./repeated.ts";
import { checkProjectRules } from "./rules-checks.ts";
import { holidaysToMessage, readHolidays } from "./rules-message.ts";
import { changeWidgets } from "./widget-changes.ts";
import { type AskedWidget, readWidgets, widgetToMessage } from "./widget-message.ts";

/** The zone of users whose own is not known, in a project that names none. */
const DEFAULT_TIME_ZONE = "UTC";

/** What an update asks for. What becomes of the rules of its widgets depends on the stored ones. */
export type AskedChange = Omit<ProjectChange, "widgets" | "amnesties"> & { readonly widgets?: readonly AskedWidget[] };

/** The fields that an update can name, and how each is read. A field mask spells them as the proto does. */
const changeable: Readonly<Record<string, (message: ProjectMessage, now: number) => AskedChange>> = {
  name: (message) => ({ name: message.name || message.siteKey }),
  allowed_origins: (message) => ({ allowedOrigins: readOrigins(message.allowedOrigins) }),
  time_zone: (message) => ({ timeZone: readTimeZone(message.timeZone) }),
  live: (message) => ({ live: message.live ?? true }),
  rate_limit: (message) => ({ rateLimit: readRateLimit(message.rateLimit) ?? null }),
  widgets: (message) => ({ widgets: readWidgets(message.widgets) }),
  holidays: (message) => ({ holidays: readHolidays(message.holidays) }),
  signed_users: (message) => ({ signedUsers: readSignedUsers(message.signedUsers) }),
  analytics: (message) => ({ analytics: readAnalytics(message.analytics) }),
  plan: (message, now) => ({ plan: readPlan(message.plan, now) ?? null }),
};

/**
 * A new project, from what a request says and defaults for the rest.
 *
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readProject(message: ProjectMessage = create(ProjectSchema), now: number): Project {
  const siteKey = message.siteKey || `proj_${randomId()}`;
  const plan = readPlan(message.plan, now);
  const rateLimit = readRateLimit(message.rateLimit);
  const timeZone = readTimeZone(message.timeZone);
  const today = dayOf(now, timeZone);
  const project: Project = {
    id: randomId(),
    siteKey,
    name: message.name || siteKey,
    allowedOrigins: readOrigins(message.allowedOrigins),
    timeZone,
    live: message.live ?? true,
    widgets: changeWidgets(readWidgets(message.widgets), [], today),
    holidays: readHolidays(message.holidays),
    signedUsers: readSignedUsers(message.signedUsers),
    signingSecrets: [],
    amnesties: [],
    analytics: readAnalytics(message.analytics),
    etag: newEtag(),
    ...(plan !== undefined && { plan }),
    ...(rateLimit !== undefined && { rateLimit }),
  };
  checkProjectRules(undefined, project, today);
  return project;
}

/**
 * What an update asks to change: the fields that its mask names.
 *
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY when the mask names nothing or something else, or when any field is wrong, whether
 *   the mask names it or not
 */
export function readProjectChange(
  message: ProjectMessage = create(ProjectSchema),
  mask: FieldMask | undefined,
  now: number,
): AskedChange {
  const names = Object.keys(changeable).map(protoCamelCase);
  const choices = `any of ${names.join(", ")}`;
  if (mask === undefined || mask.paths.length === 0) {
    throw refusal("updateMask", `must name the fields to change: ${choices}`);
  }
  for (const read of Object.values(changeable)) {
    read(message, now);
  }
  const change: AskedChange = {};
  for (const path of mask.paths) {
    const read = Object.hasOwn(changeable, path) ? changeable[path] : undefined;
    if (read === undefined) {
      const name = protoCamelCase(path);
      const meant = nearest(name, names);
      throw refusal(
        "updateMask",
        `names "${clip(name)}", which can't be changed. ` +
          `${meant === undefined ? "" : `The nearest is ${meant}. `}It may name ${choices}`,
      );
    }
    Object.assign(change, read(message, now));
  }
  return change;
}

/** A project as the contract's message, which has no signing secrets. */
export function projectToMessage(project: Project): ProjectMessage {
  return create(ProjectSchema, {
    siteKey: project.siteKey,
    name: project.name,
    allowedOrigins: [...project.allowedOrigins],
    timeZone: project.timeZone,
    live: project.live,
    ...(project.rateLimit && { rateLimit: project.rateLimit }),
    widgets: project.widgets.map(widgetToMessage),
    holidays: project.holidays.map(holidaysToMessage),
    signedUsers: signedUsersToMessage[project.signedUsers],
    etag: etagOf(project),
    ...(project.plan && { plan: planToMessage(project.plan) }),
    analytics: { keepRepeats: project.analytics.keepRepeats, metaKeys: [...project.analytics.metaKeys] },
  });
}

const signedUsersToMessage = {
  never: SignedUsersEnum.NEVER,
  browsers: SignedUsersEnum.BROWSERS,
  always: SignedUsersEnum.ALWAYS,
} as const;

/** The enum's other values: not given, and those of later versions, which the checks refuse. */
const DEFAULT_SIGNED_USERS = "never";

function readSignedUsers(value: SignedUsersEnum): SignedUsers {
  switch (value) {
    case SignedUsersEnum.BROWSERS:
      return "browsers";
    case SignedUsersEnum.ALWAYS:
      return "always";
    default:
      return DEFAULT_SIGNED_USERS;
  }
}

function readOrigins(entries: readonly string[]): readonly string[] {
  for (const [i, entry] of entries.entries()) {
    if (parseAllowedOrigin(entry) === undefined) {
      throw refusal(`project.allowedOrigins[${i}]`, `"${clip(entry)}" ${clip(problemOfOrigin(entry), 200)}`);
    }
  }
  return [...entries];
}

function readTimeZone(name: string): string {
  return name ? readZone(name, "project.timeZone") : DEFAULT_TIME_ZONE;
}

function readRateLimit(message: RateLimitMessage | undefined): RateLimit | undefined {
  return message === undefined
    ? undefined
    : {
        requestsPerSecond: message.requestsPerSecond,
        burst: message.burst || message.requestsPerSecond,
      };
}

function readAnalytics(message: AnalyticsSettingsMessage | undefined): AnalyticsSettings {
  const metaKeys = message?.metaKeys ?? [];
  refuseRepeated(metaKeys, (i) => `project.analytics.metaKeys[${i}]`);
  return { keepRepeats: message?.keepRepeats ?? false, metaKeys: [...metaKeys] };
}
