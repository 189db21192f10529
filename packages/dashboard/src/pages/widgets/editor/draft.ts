import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Widget, WidgetSchema } from "#gen/streak/v1/project_pb.ts";
import { CADENCES } from "../../../rules/cadences.ts";
import { EVERY_DAY, isSame, type RulesDraft, toRules, toRulesDraft } from "../../../rules/draft.ts";
import type { Unit } from "../../../rules/units.ts";
import { MODES, type Mode, modeName } from "../modes.ts";
import { SUGGESTED_MILESTONES, SUGGESTIONS } from "../suggestions.ts";
import { SCOPES, type ScopeName, scopeName } from "./scopes.ts";

/** A milestone as it is typed. */
export interface MilestoneDraft {
  /** Names the row as long as it is edited: the ID that it had at first. */
  readonly key: string;
  readonly id: string;
  /** A number of days, weeks, months or actions, as a text. */
  readonly target: string;
  readonly msg: string;
  readonly rewardType: string;
  readonly scope: ScopeName;
  /** Whether it is awarded again at each multiple of its number. Means nothing while it is not awarded. */
  readonly repeats: boolean;
}

/** A widget as it is typed. */
export interface WidgetDraft {
  readonly event: string;
  readonly mode: Mode;
  readonly rules: RulesDraft;
  /** The first day on which changed rules are to hold; empty for the day that the form proposes. */
  readonly rulesFrom: string;
  /** The theme as the widget reads it, such as `ocean dark`. */
  readonly theme: string;
  readonly position: string;
  readonly mainMessage: string;
  readonly milestones: readonly MilestoneDraft[];
}

/** What the server takes for a setting that is not given. */
export const DEFAULTS = {
  theme: "beige",
  position: "bottom-right",
  mainMessage: "Keep your streak going!",
  rewardType: "message",
} as const;

/** Returns what the form holds for a widget. */
export function toDraft({ event, mode, rules, milestones, settings }: Widget): WidgetDraft {
  return {
    event,
    mode: modeName(mode),
    rules: toRulesDraft(rules),
    rulesFrom: "",
    theme: settings?.theme?.name ?? DEFAULTS.theme,
    position: settings?.position ?? DEFAULTS.position,
    mainMessage: settings?.mainMessage ?? DEFAULTS.mainMessage,
    milestones: sorted(
      milestones.map(({ id, target, msg, rewardType, scope, repeats = false }) => ({
        ...{ key: id, id, target: `${target}`, msg, rewardType },
        ...{ scope: scopeName(scope), repeats },
      })),
    ),
  };
}

/** Returns what the form holds for a widget that is not there yet; as it was suggested, if the event is one of those. */
export function newDraft(event: string): WidgetDraft {
  const suggestion = SUGGESTIONS.find((each) => each.event === event);
  const suggested = suggestion === undefined ? [] : SUGGESTED_MILESTONES;
  return {
    event,
    mode: suggestion?.mode ?? "continuous",
    rules: EVERY_DAY,
    rulesFrom: "",
    theme: DEFAULTS.theme,
    position: DEFAULTS.position,
    mainMessage: DEFAULTS.mainMessage,
    milestones: suggested.map(({ target, msg }, place) => milestone(place + 1, `${target}`, msg)),
  };
}

/** Returns a milestone to add, with an ID that no other milestone has or had. */
export function newMilestone({ milestones }: WidgetDraft): MilestoneDraft {
  const taken = new Set(milestones.flatMap(({ key, id }) => [key, id]));
  let number = 1;
  while (taken.has(`ms_${number}`)) {
    number += 1;
  }
  return milestone(number);
}

function milestone(number: number, target = "", msg = ""): MilestoneDraft {
  const id = `ms_${number}`;
  return { key: id, id, target, msg, rewardType: DEFAULTS.rewardType, scope: "none", repeats: false };
}

/** Whether a milestone is awarded again and again. */
export function isRepeated({ scope, repeats }: MilestoneDraft): boolean {
  return repeats && scope !== "none";
}

/** Returns the milestones, the nearest first; those without a number stay behind the others. */
export function sorted(milestones: readonly MilestoneDraft[]): readonly MilestoneDraft[] {
  const days = ({ target }: MilestoneDraft) => daysOf(target) ?? Number.POSITIVE_INFINITY;
  return milestones.toSorted((a, b) => (days(a) === days(b) ? 0 : days(a) - days(b)));
}

/** Returns a number of days, weeks, months or actions that was typed; undefined when it is none. */
export function daysOf(target: string): number | undefined {
  return /^\d{1,9}$/.test(target.trim()) ? Number(target) : undefined;
}

/**
 * The rules of a draft that have an effect. Those of a cumulative widget decide only when a day begins and what is
 * counted, and the form shows only these: the others stay as they were saved. A continuous widget counts no actions.
 *
 * @param before the widget as it is saved; undefined for a new widget
 */
export function rulesOf({ mode, rules }: WidgetDraft, before: WidgetDraft | undefined): RulesDraft {
  return mode === "cumulative"
    ? { ...(before?.rules ?? EVERY_DAY), dayStart: rules.dayStart, counts: rules.counts }
    : { ...rules, counts: "days" };
}

/** What the current streak and the milestones of a draft count. */
export function unitOf({ mode, rules }: WidgetDraft): Unit {
  if (mode === "cumulative") {
    return rules.counts === "actions" ? "action" : "day";
  }
  return CADENCES[rules.kind].unit;
}

/** Whether saving a draft changes the rules of a widget that is there. */
export function changesRules(draft: WidgetDraft, before: WidgetDraft | undefined): boolean {
  return before !== undefined && draft.event === before.event && !isSame(rulesOf(draft, before), before.rules);
}

/**
 * Returns what is saved of a draft without problems. Rules that have not changed are left out, which keeps them.
 *
 * @param before the widget as it is saved; undefined for a new widget
 * @param rulesFrom the first day on which changed rules hold
 */
export function toWidget(
  draft: WidgetDraft,
  before: WidgetDraft | undefined,
  rulesFrom: string,
): MessageInitShape<typeof WidgetSchema> {
  const { event, mode, milestones, theme, position, mainMessage } = draft;
  const rules = rulesOf(draft, before);
  // Under another event it is a widget that the server does not know yet.
  const isNew = event !== before?.event;
  return {
    event,
    mode: MODES[mode].value,
    milestones: milestones.map((each) => ({
      ...{ id: each.id, target: Number(each.target), msg: each.msg, rewardType: each.rewardType },
      ...(each.scope !== "none" && { scope: SCOPES[each.scope].value }),
      ...(isRepeated(each) && { repeats: true }),
    })),
    settings: { theme: { name: theme }, position, mainMessage },
    ...(isNew && !isSame(rules, EVERY_DAY) && { rules: toRules(rules) }),
    ...(changesRules(draft, before) && { rules: toRules(rules), rulesFrom }),
  };
}
