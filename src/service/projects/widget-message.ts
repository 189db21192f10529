import { create } from "@bufbuild/protobuf";
import {
  type Milestone as MilestoneMessage,
  MilestoneScope,
  StreakMode,
  type Widget as WidgetMessage,
  WidgetSchema,
  type WidgetSettings as WidgetSettingsMessage,
} from "#gen/streak/v1/project_pb.ts";
import type { RulesChange } from "../../domain/change-rules.ts";
import type { Milestone, Widget, WidgetSettings } from "../../domain/project.ts";
import { refusal } from "../../errors.ts";
import { readDate } from "../date.ts";
import { refuseRepeated } from "./repeated.ts";
import { readRules, versionsToFields } from "./rules-message.ts";

/** What a widget shows when its settings don't say: the contract's own example. */
const DEFAULT_THEME = "beige";
const DEFAULT_POSITION = "bottom-right";
const DEFAULT_MAIN_MESSAGE = "Keep your streak going!";

/** What reaching a milestone earns when the milestone does not say. */
const DEFAULT_REWARD_TYPE = "message";

/** A widget as a request asks for it. Which versions its rules have then depends on those that it has already. */
export interface AskedWidget extends Omit<Widget, "rules"> {
  readonly mode: Widget["rules"]["mode"];
  /** Undefined when the request leaves the rules as they are. */
  readonly rules: RulesChange | undefined;
}

/**
 * Reads the widgets of a project.
 *
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readWidgets(messages: readonly WidgetMessage[]): readonly AskedWidget[] {
  const at = "project.widgets";
  refuseRepeated(
    messages.map(({ event }) => event),
    (i) => `${at}[${i}].event`,
  );
  return messages.map((message, i) => readWidget(message, `${at}[${i}]`));
}

/**
 * Reads a widget.
 *
 * @param at the path of the field
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readWidget(message: WidgetMessage, at: string): AskedWidget {
  return {
    event: message.event,
    mode: message.mode === StreakMode.CUMULATIVE ? "cumulative" : "continuous",
    rules: readRulesChange(message, at),
    milestones: readMilestones(message.milestones, `${at}.milestones`),
    settings: readSettings(message.settings),
  };
}

function readRulesChange({ rules, rulesFrom }: WidgetMessage, at: string): RulesChange | undefined {
  if (rules !== undefined) {
    const from = rulesFrom === undefined ? undefined : readDate(rulesFrom, `${at}.rulesFrom`);
    return { rules: readRules(rules, `${at}.rules`), from };
  }
  if (rulesFrom !== undefined) {
    throw refusal(`${at}.rulesFrom`, "says from when on rules hold, and there are none. Send rules with it");
  }
  return undefined;
}

function readMilestones(messages: readonly MilestoneMessage[], path: string): readonly Milestone[] {
  const milestones = messages.map((message, i) => ({
    id: message.id || `ms_${i + 1}`,
    target: message.target,
    msg: message.msg,
    rewardType: message.rewardType || DEFAULT_REWARD_TYPE,
    ...readAward(message, `${path}[${i}]`),
  }));
  refuseRepeated(
    milestones.map(({ id }) => id),
    (i) => `${path}[${i}].id`,
  );
  return milestones;
}

/** Reads for what a milestone is awarded, and whether again and again. */
function readAward({ scope, repeats }: MilestoneMessage, at: string): Pick<Milestone, "scope" | "repeats"> {
  if (scope === MilestoneScope.UNSPECIFIED) {
    if (repeats) {
      throw refusal(
        `${at}.repeats`,
        "means nothing without a scope, since the milestone is not awarded then. Leave it out, or choose a scope: run or ever",
      );
    }
    return {};
  }
  return { scope: scope === MilestoneScope.EVER ? "ever" : "run", ...(repeats && { repeats }) };
}

function readSettings(message: WidgetSettingsMessage | undefined): WidgetSettings {
  return {
    theme: { name: message?.theme?.name || DEFAULT_THEME },
    position: message?.position || DEFAULT_POSITION,
    mainMessage: message?.mainMessage || DEFAULT_MAIN_MESSAGE,
  };
}

/** Returns a widget as the contract's message. */
export function widgetToMessage({ event, rules, milestones, settings }: Widget): WidgetMessage {
  return create(WidgetSchema, {
    event,
    mode: modeToMessage[rules.mode],
    milestones: milestones.map(({ scope, ...milestone }) => ({
      ...milestone,
      ...(scope && { scope: scopeToMessage[scope] }),
    })),
    settings,
    ...versionsToFields(rules.versions),
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

/** How the contract's enum says for what a milestone is awarded. */
const scopeToMessage = {
  run: MilestoneScope.RUN,
  ever: MilestoneScope.EVER,
} as const;

/** How the contract's enum says a mode. */
export const modeToMessage = {
  continuous: StreakMode.CONTINUOUS,
  cumulative: StreakMode.CUMULATIVE,
} as const;
