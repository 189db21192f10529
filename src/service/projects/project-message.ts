import { create } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import {
  type Milestone as MilestoneMessage,
  type Project as ProjectMessage,
  ProjectSchema,
  type RateLimit as RateLimitMessage,
  SignedUsers as SignedUsersEnum,
  StreakMode,
  type Widget as WidgetMessage,
  type WidgetSettings as WidgetSettingsMessage,
} from "#gen/streak/v1/project_pb.ts";
import { parseAllowedOrigin, problemOfOrigin } from "../../domain/origins.ts";
import type { Milestone, Project, ProjectChange, SignedUsers, Widget, WidgetSettings } from "../../domain/project.ts";
import type { RateLimit } from "../../domain/rate-limit.ts";
import { clip, refusal } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { randomId } from "../random-id.ts";
import { readZone } from "../zone.ts";
import { etagOf, newEtag } from "./etag.ts";
import { planToMessage, readPlan } from "./plan-message.ts";

/** What a widget shows when its settings don't say: the contract's own example. */
const DEFAULT_THEME = "beige";
const DEFAULT_POSITION = "bottom-right";
const DEFAULT_MAIN_MESSAGE = "Keep your streak going!";

/** What reaching a milestone earns when the milestone does not say. */
const DEFAULT_REWARD_TYPE = "message";

/** The zone of users whose own is not known, in a project that names none. */
const DEFAULT_TIME_ZONE = "UTC";

/** The fields that an update can name, and how each is read. A field mask spells them as the proto does. */
const changeable: Readonly<Record<string, (message: ProjectMessage, now: number) => ProjectChange>> = {
  name: (message) => ({ name: message.name || message.siteKey }),
  allowed_origins: (message) => ({ allowedOrigins: readOrigins(message.allowedOrigins) }),
  time_zone: (message) => ({ timeZone: readTimeZone(message.timeZone) }),
  live: (message) => ({ live: message.live ?? true }),
  rate_limit: (message) => ({ rateLimit: readRateLimit(message.rateLimit) ?? null }),
  widgets: (message) => ({ widgets: readWidgets(message.widgets) }),
  signed_users: (message) => ({ signedUsers: readSignedUsers(message.signedUsers) }),
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
  return {
    id: randomId(),
    siteKey,
    name: message.name || siteKey,
    allowedOrigins: readOrigins(message.allowedOrigins),
    timeZone: readTimeZone(message.timeZone),
    live: message.live ?? true,
    widgets: readWidgets(message.widgets),
    signedUsers: readSignedUsers(message.signedUsers),
    signingSecrets: [],
    etag: newEtag(),
    ...(plan !== undefined && { plan }),
    ...(rateLimit !== undefined && { rateLimit }),
  };
}

/**
 * What an update changes: the fields that its mask names.
 *
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY when the mask names nothing or something else, or when any field is wrong, whether
 *   the mask names it or not
 */
export function readProjectChange(
  message: ProjectMessage = create(ProjectSchema),
  mask: FieldMask | undefined,
  now: number,
): ProjectChange {
  const names = Object.keys(changeable).map(protoCamelCase);
  const choices = `any of ${names.join(", ")}`;
  if (mask === undefined || mask.paths.length === 0) {
    throw refusal("updateMask", `must name the fields to change: ${choices}`);
  }
  for (const read of Object.values(changeable)) {
    read(message, now);
  }
  const change: ProjectChange = {};
  for (const path of mask.paths) {
    const read = Object.hasOwn(changeable, path) ? changeable[path] : undefined;
    if (read === undefined) {
      const name = protoCamelCase(path);
      const meant = nearest(name, names);
      throw refusal(
        "updateMask",
        `names "${clip(name)}", which can't be changed. ` +
          `${meant === undefined ? "" : `The nearest field that can be changed is ${meant}. `}It may name ${choices}`,
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
    widgets: project.widgets.map((widget) => ({
      event: widget.event,
      mode: modeToMessage[widget.rules.mode],
      milestones: [...widget.milestones],
      settings: widget.settings,
    })),
    signedUsers: signedUsersToMessage[project.signedUsers],
    etag: etagOf(project),
    ...(project.plan && { plan: planToMessage(project.plan) }),
  });
}

/** A widget's settings as the contract's message. */
export function settingsToMessage({ theme, position, mainMessage }: WidgetSettings): WidgetSettingsMessage {
  return {
    $typeName: "streak.v1.WidgetSettings",
    theme: { $typeName: "streak.v1.Theme", name: theme.name },
    position,
    mainMessage,
  };
}

/** How the contract's enum says a mode. */
export const modeToMessage = {
  continuous: StreakMode.CONTINUOUS,
  cumulative: StreakMode.CUMULATIVE,
} as const;

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

function readWidgets(messages: readonly WidgetMessage[]): readonly Widget[] {
  refuseRepeated(messages, "event", "project.widgets");
  return messages.map((message, i) => ({
    event: message.event,
    rules: { mode: message.mode === StreakMode.CUMULATIVE ? "cumulative" : "continuous" },
    milestones: readMilestones(message.milestones, `project.widgets[${i}].milestones`),
    settings: readSettings(message.settings),
  }));
}

function readMilestones(messages: readonly MilestoneMessage[], path: string): readonly Milestone[] {
  const milestones = messages.map((message, i) => ({
    id: message.id || `ms_${i + 1}`,
    target: message.target,
    msg: message.msg,
    rewardType: message.rewardType || DEFAULT_REWARD_TYPE,
  }));
  refuseRepeated(milestones, "id", path);
  return milestones;
}

function readSettings(message: WidgetSettingsMessage | undefined): WidgetSettings {
  return {
    theme: { name: message?.theme?.name || DEFAULT_THEME },
    position: message?.position || DEFAULT_POSITION,
    mainMessage: message?.mainMessage || DEFAULT_MAIN_MESSAGE,
  };
}

function refuseRepeated<K extends string>(items: readonly Readonly<Record<K, string>>[], field: K, path: string): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    if (seen.has(item[field])) {
      throw refusal(`${path}[${i}].${field}`, `"${clip(item[field])}" is there twice. It must be unique`);
    }
    seen.add(item[field]);
  }
}
