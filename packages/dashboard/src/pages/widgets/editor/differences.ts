import { plural } from "../../../format.ts";
import { MODES } from "../modes.ts";
import { LOOKS, POSITIONS, readTheme } from "../themes.ts";
import { DEFAULTS, daysOf, type MilestoneDraft, type WidgetDraft } from "./draft.ts";

/** A field that two versions of a widget have differently, in words. */
export interface Difference {
  /** Names the field among those of a widget. */
  readonly key: string;
  readonly label: string;
  /** Empty when there was nothing. */
  readonly before: string;
  /** Empty when there is nothing. */
  readonly after: string;
}

/** A field that a person changes, with how its value reads. */
interface Shown<Of> {
  readonly key: keyof Of & string;
  readonly label: string;
  readonly show: (of: Of) => string;
}

const FIELDS: readonly Shown<WidgetDraft>[] = [
  { key: "event", label: "Event", show: ({ event }) => event },
  { key: "mode", label: "Counting", show: ({ mode }) => MODES[mode].label },
  { key: "theme", label: "Theme", show: ({ theme }) => showTheme(theme) },
  {
    key: "position",
    label: "Position",
    show: ({ position }) => POSITIONS.find(({ value }) => value === position)?.label ?? position,
  },
  { key: "mainMessage", label: "Message", show: ({ mainMessage }) => mainMessage || DEFAULTS.mainMessage },
];

const MILESTONE_FIELDS: readonly Shown<MilestoneDraft>[] = [
  { key: "target", label: "days", show: ({ target }) => target },
  { key: "msg", label: "message", show: ({ msg }) => msg },
  { key: "id", label: "ID", show: ({ id }) => id },
  { key: "rewardType", label: "reward", show: ({ rewardType }) => rewardType || DEFAULTS.rewardType },
];

/** Returns what differs between two versions of a widget, in the order of the form. Undefined stands for no widget. */
export function differences(before: WidgetDraft | undefined, after: WidgetDraft | undefined): Difference[] {
  const fields = FIELDS.map(({ key, label, show }) => ({
    key,
    label,
    before: before === undefined ? "" : show(before),
    after: after === undefined ? "" : show(after),
  }));
  return [
    ...fields.filter((field) => field.before !== field.after),
    ...milestoneDifferences(before?.milestones ?? [], after?.milestones ?? []),
  ];
}

function milestoneDifferences(before: readonly MilestoneDraft[], after: readonly MilestoneDraft[]): Difference[] {
  const earlier = new Map(before.map((milestone) => [milestone.key, milestone]));
  const later = new Map(after.map((milestone) => [milestone.key, milestone]));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((key) =>
    ofMilestone(key, earlier.get(key), later.get(key)),
  );
}

function ofMilestone(
  key: string,
  before: MilestoneDraft | undefined,
  after: MilestoneDraft | undefined,
): readonly Difference[] {
  if (before === undefined || after === undefined) {
    const label = before === undefined ? "New milestone" : "Removed milestone";
    return [{ key, label, before: wholeOf(before), after: wholeOf(after) }];
  }
  return MILESTONE_FIELDS.filter(({ show }) => show(before) !== show(after)).map((field) => ({
    key: `${key}.${field.key}`,
    label: `Milestone of ${showDays(before.target)}: ${field.label}`,
    before: field.show(before),
    after: field.show(after),
  }));
}

/** A whole milestone in one line, such as `7 days: “A week!”`. */
function wholeOf(milestone: MilestoneDraft | undefined): string {
  if (milestone === undefined) {
    return "";
  }
  const { target, msg, rewardType } = milestone;
  const reward = rewardType || DEFAULTS.rewardType;
  return [
    showDays(target),
    msg === "" ? "without a message" : `“${msg}”`,
    reward === DEFAULTS.rewardType ? "" : `reward ${reward}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function showDays(target: string): string {
  const days = daysOf(target);
  return days === undefined ? target : plural(days, "day", "days");
}

function showTheme(theme: string): string {
  const { name, look, isKnown } = readTheme(theme);
  const words = LOOKS.find(({ value }) => value === look)?.label.toLowerCase();
  return isKnown ? [name, look !== "" && words].filter(Boolean).join(", ") : theme;
}
