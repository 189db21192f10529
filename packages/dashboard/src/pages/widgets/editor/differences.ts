import type { RulesDraft } from "../../../rules/draft.ts";
import { countOf, type Unit } from "../../../rules/units.ts";
import { MODES } from "../modes.ts";
import { LOOKS, POSITIONS, readTheme } from "../themes.ts";
import type { Difference } from "./difference.ts";
import { DEFAULTS, daysOf, isRepeated, type MilestoneDraft, rulesOf, unitOf, type WidgetDraft } from "./draft.ts";
import { lastingDifferences, rulesDifferences } from "./rules-differences.ts";
import { SCOPES } from "./scopes.ts";

/** A field that a person changes, with how its value reads. */
interface Shown<Of> {
  readonly key: keyof Of & string;
  readonly label: string;
  readonly show: (of: Of) => string;
}

/** What stands before the rules in the form. */
const COUNTING: readonly Shown<WidgetDraft>[] = [
  { key: "event", label: "Event", show: ({ event }) => event },
  { key: "mode", label: "Counting", show: ({ mode }) => MODES[mode].label },
];

const LOOK: readonly Shown<WidgetDraft>[] = [
  { key: "theme", label: "Theme", show: ({ theme }) => showTheme(theme) },
  {
    key: "position",
    label: "Position",
    show: ({ position }) => POSITIONS.find(({ value }) => value === position)?.label ?? position,
  },
  { key: "mainMessage", label: "Message", show: ({ mainMessage }) => mainMessage || DEFAULTS.mainMessage },
];

const MILESTONE_FIELDS: readonly Shown<MilestoneDraft>[] = [
  { key: "target", label: "number", show: ({ target }) => target },
  { key: "msg", label: "message", show: ({ msg }) => msg },
  { key: "id", label: "ID", show: ({ id }) => id },
  { key: "rewardType", label: "reward", show: ({ rewardType }) => rewardType || DEFAULTS.rewardType },
  { key: "scope", label: "awarded", show: awardInWords },
];

/**
 * Returns what differs between two versions of a widget, in the order of the form. Undefined stands for no widget.
 *
 * @param rulesFrom the first day on which changed rules hold; not given where the rules hold from the beginning
 */
export function differences(
  before: WidgetDraft | undefined,
  after: WidgetDraft | undefined,
  rulesFrom?: string | undefined,
): Difference[] {
  const from = before === undefined ? undefined : rulesFrom;
  return [
    ...ofFields(COUNTING, before, after),
    ...rulesDifferences(countedRules(before, before), countedRules(after, before), from),
    ...lastingDifferences(before?.rules, after && rulesOf(after, before), from),
    ...ofFields(LOOK, before, after),
    ...milestoneDifferences(before, after),
  ];
}

/** The rules by which a version counts; none when it counts every day for ever. */
function countedRules(version: WidgetDraft | undefined, before: WidgetDraft | undefined): RulesDraft | undefined {
  return version === undefined || (version.mode === "cumulative" && before === undefined)
    ? undefined
    : rulesOf(version, before);
}

function ofFields(
  fields: readonly Shown<WidgetDraft>[],
  before: WidgetDraft | undefined,
  after: WidgetDraft | undefined,
): Difference[] {
  return fields
    .map(({ key, label, show }) => ({
      key,
      label,
      before: before === undefined ? "" : show(before),
      after: after === undefined ? "" : show(after),
    }))
    .filter((field) => field.before !== field.after);
}

function milestoneDifferences(before: WidgetDraft | undefined, after: WidgetDraft | undefined): Difference[] {
  const [earlier, later] = [byKey(before), byKey(after)];
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((key) =>
    ofMilestone(key, earlier.get(key), later.get(key)),
  );
}

/** A milestone, with what its number counts. */
type Counted = MilestoneDraft & { readonly unit: Unit };

function byKey(version: WidgetDraft | undefined): ReadonlyMap<string, Counted> {
  const entries = version?.milestones.map((each) => [each.key, { ...each, unit: unitOf(version) }] as const);
  return new Map(entries);
}

function ofMilestone(key: string, before: Counted | undefined, after: Counted | undefined): readonly Difference[] {
  if (before === undefined || after === undefined) {
    const label = before === undefined ? "New milestone" : "Removed milestone";
    return [{ key, label, before: wholeOf(before), after: wholeOf(after) }];
  }
  return MILESTONE_FIELDS.filter(({ show }) => show(before) !== show(after)).map((field) => ({
    key: `${key}.${field.key}`,
    label: `Milestone of ${showTarget(before)}: ${field.label}`,
    before: field.show(before),
    after: field.show(after),
  }));
}

/** A whole milestone in one line, such as `7 days: “A week!”`. */
function wholeOf(milestone: Counted | undefined): string {
  if (milestone === undefined) {
    return "";
  }
  const { msg, rewardType } = milestone;
  const reward = rewardType || DEFAULTS.rewardType;
  return [
    showTarget(milestone),
    msg === "" ? "without a message" : `“${msg}”`,
    reward === DEFAULTS.rewardType ? "" : `reward ${reward}`,
    milestone.scope === "none" ? "" : `awarded ${awardInWords(milestone)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** How often it is awarded, such as `once in each run, and again at each multiple`. */
function awardInWords(milestone: MilestoneDraft): string {
  return milestone.scope === "none"
    ? "not"
    : `${SCOPES[milestone.scope].label.toLowerCase()}${isRepeated(milestone) ? ", and again at each multiple" : ""}`;
}

function showTarget({ target, unit }: Counted): string {
  const count = daysOf(target);
  return count === undefined ? target : countOf(count, unit);
}

function showTheme(theme: string): string {
  const { name, look, isKnown } = readTheme(theme);
  const words = LOOKS.find(({ value }) => value === look)?.label.toLowerCase();
  return isKnown ? [name, look !== "" && words].filter(Boolean).join(", ") : theme;
}
