import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { BadRequestSchema } from "#gen/google/rpc/error_details_pb.ts";
import { MilestoneScope, ProjectSchema, StreakMode, WidgetSchema } from "#gen/streak/v1/project_pb.ts";
import { CadenceKind, Counts, Weekday } from "#gen/streak/v1/rules_pb.ts";
import {
  HOLIDAYS,
  newList,
  problemsOfLists,
  usersOfLists,
} from "../../../packages/dashboard/src/pages/settings/holidays/holidays-form.ts";
import { differences } from "../../../packages/dashboard/src/pages/widgets/editor/differences.ts";
import {
  changesRules,
  type MilestoneDraft,
  newDraft,
  toDraft,
  toWidget,
  type WidgetDraft,
} from "../../../packages/dashboard/src/pages/widgets/editor/draft.ts";
import { merge } from "../../../packages/dashboard/src/pages/widgets/editor/merge.ts";
import { problemsOf, refusedFields } from "../../../packages/dashboard/src/pages/widgets/editor/problems.ts";
import type { RulesDraft } from "../../../packages/dashboard/src/rules/draft.ts";

const FROM = "2026-12-01";

/** A widget for which three days a week are enough. */
const SAVED = toDraft(
  create(WidgetSchema, { event: "run", rules: { cadence: { kind: CadenceKind.DAYS_A_WEEK, days: 3 } } }),
);

function withRules(part: Partial<RulesDraft>, others: Partial<WidgetDraft> = {}): WidgetDraft {
  return { ...SAVED, ...others, rules: { ...SAVED.rules, ...part } };
}

function milestone(target: string, part: Partial<MilestoneDraft> = {}): MilestoneDraft {
  return { key: "a", id: "a", target, msg: "", rewardType: "message", scope: "none", repeats: false, ...part };
}

/** The changes as lines, such as `Theme: ocean → rose`. */
function linesOf(before: WidgetDraft | undefined, after: WidgetDraft | undefined, from = FROM): string[] {
  return differences(before, after, from).map(({ label, before, after }) => `${label}: ${before} → ${after}`);
}

describe("the changes of rules", () => {
  test("are told in words, with the day from which they hold", () => {
    expect(linesOf(SAVED, withRules({ days: "5" }))).toEqual([
      "How often: 3 days a week → 5 days a week, from Dec 1, 2026",
    ]);
    const changed = withRules({
      ...{ kind: "every_day", neverMissTwice: true, hasFreezes: true, offWeekdays: [Weekday.SUNDAY] },
      ...{ offDates: "2026-12-24", holidays: ["Bavaria"] },
    });
    expect(linesOf(SAVED, changed)).toEqual([
      "How often: 3 days a week → Every day, from Dec 1, 2026",
      "Never miss twice:  → on, from Dec 1, 2026",
      "Freezes:  → one freeze earned every 10 days, at most 2, from Dec 1, 2026",
      "Weekdays off:  → Sunday, from Dec 1, 2026",
      "Holidays off:  → Bavaria, from Dec 1, 2026",
      "Dates off:  → Dec 24, 2026, from Dec 1, 2026",
    ]);
    expect(linesOf(changed, SAVED)).toContain("Never miss twice: on → nothing, from Dec 1, 2026");
    expect(linesOf(changed, SAVED)).toContain(
      "Freezes: one freeze earned every 10 days, at most 2 → nothing, from Dec 1, 2026",
    );
  });

  test("tell when the day begins, of a cumulative widget too", () => {
    const later = withRules({ dayStart: "04:00" });
    expect(linesOf(SAVED, later)).toEqual(["The day begins at: 00:00 → 04:00, from Dec 1, 2026"]);
    expect(linesOf(later, SAVED)).toEqual(["The day begins at: 04:00 → 00:00, from Dec 1, 2026"]);
    expect(linesOf({ ...SAVED, mode: "cumulative" }, { ...later, mode: "cumulative" })).toEqual([
      "The day begins at: 00:00 → 04:00, from Dec 1, 2026",
    ]);
    expect(linesOf(undefined, { ...later, mode: "cumulative" })).toContain("The day begins at:  → 04:00");
  });

  test("of a cumulative widget are those that are saved, but for the start of the day", () => {
    const cumulative = withRules({ days: "5", dayStart: "04:00" }, { mode: "cumulative" });
    expect(toWidget(cumulative, SAVED, FROM).rules).toEqual({
      ...{ cadence: { kind: CadenceKind.DAYS_A_WEEK, days: 3, weekStart: Weekday.MONDAY } },
      ...{ neverMissTwice: false, dayStart: "04:00" },
    });
  });

  test("tell what a cumulative widget counts, with the day from which it does", () => {
    const total = { ...SAVED, mode: "cumulative" } as const;
    const likes = withRules({ counts: "actions" }, { mode: "cumulative" });
    expect(linesOf(total, likes)).toEqual(["Counts: days → actions, from Dec 1, 2026"]);
    expect(linesOf(likes, total)).toEqual(["Counts: actions → days, from Dec 1, 2026"]);
    expect(linesOf(SAVED, likes)).toEqual([
      "Counting: Continuous → Cumulative",
      "Counts: days → actions, from Dec 1, 2026",
    ]);
    expect(linesOf(undefined, likes)).toContain("Counts:  → actions");
    expect(linesOf(total, { ...likes, milestones: [milestone("4")] })).toContain(
      "New milestone:  → 4 actions, without a message",
    );
    expect(toWidget(likes, total, FROM)).toMatchObject({
      ...{ mode: StreakMode.CUMULATIVE, rulesFrom: FROM },
      rules: { cadence: { kind: CadenceKind.DAYS_A_WEEK, days: 3 }, counts: Counts.ACTIONS },
    });
  });

  test("of a widget that becomes continuous count no actions, whatever was chosen before", () => {
    const likes = withRules({ counts: "actions" }, { mode: "cumulative" });
    const continuous = { ...likes, mode: "continuous" } as const;
    expect(linesOf(likes, continuous)).toEqual([
      "Counting: Cumulative → Continuous",
      "Counts: actions → days, from Dec 1, 2026",
    ]);
    expect(toWidget(continuous, likes, FROM)).toMatchObject({ mode: StreakMode.CONTINUOUS, rulesFrom: FROM });
    expect(toWidget(continuous, likes, FROM).rules).not.toHaveProperty("counts");
    // Nothing is left of it in a form that never saved it.
    expect(linesOf(SAVED, continuous)).toEqual([]);
    expect(changesRules(continuous, SAVED)).toBe(false);
  });

  test("have no day for a new widget, whose rules hold from the beginning", () => {
    expect(linesOf(undefined, SAVED)).toContain("How often:  → 3 days a week");
  });

  test("are none while the widget is cumulative, since the form does not show them then", () => {
    const cumulative = withRules({ days: "5" }, { mode: "cumulative" });
    expect(linesOf(SAVED, cumulative)).toEqual(["Counting: Continuous → Cumulative"]);
    expect(changesRules(cumulative, SAVED)).toBe(false);
    expect(linesOf(undefined, { ...newDraft("x"), mode: "cumulative" })).not.toContain("How often:  → Every day");
  });

  test("make the numbers of milestones numbers of weeks", () => {
    expect(linesOf(SAVED, { ...SAVED, milestones: [milestone("4")] })).toEqual([
      "New milestone:  → 4 weeks, without a message",
    ]);
  });

  test("tell of repairs and of the grace, which are none for a cumulative widget", () => {
    const changed = withRules({ hasRepairs: true, repairWithin: "7", repairOnceIn: "30", graceMinutes: "120" });
    expect(linesOf(SAVED, changed)).toEqual([
      "Repairs:  → repairs within 7 days, once in 30 days, from Dec 1, 2026",
      "Grace:  → 2 hours of grace, from Dec 1, 2026",
    ]);
    expect(linesOf(changed, SAVED)).toEqual([
      "Repairs: repairs within 7 days, once in 30 days → nothing, from Dec 1, 2026",
      "Grace: 2 hours of grace → nothing, from Dec 1, 2026",
    ]);
    const cumulative = { ...changed, mode: "cumulative" } as const;
    expect(linesOf(SAVED, cumulative)).toEqual(["Counting: Continuous → Cumulative"]);
    expect(linesOf(undefined, cumulative).filter((line) => /^(Repairs|Grace)/.test(line))).toEqual([]);
  });
});

describe("the award of a milestone", () => {
  const withMilestone = (part: Partial<MilestoneDraft>): WidgetDraft => ({
    ...SAVED,
    milestones: [milestone("4", part)],
  });
  const none = withMilestone({});

  test.each<[Partial<MilestoneDraft>, string]>([
    [{ scope: "run" }, "once in each run"],
    [{ scope: "ever" }, "once for each user"],
    [{ scope: "run", repeats: true }, "once in each run, and again at each multiple"],
  ])("%j is a change in words, also of a new milestone", (part, words) => {
    expect(linesOf(none, withMilestone(part))).toEqual([`Milestone of 4 weeks: awarded: not → ${words}`]);
    expect(linesOf(SAVED, withMilestone(part))).toEqual([
      `New milestone:  → 4 weeks, without a message, awarded ${words}`,
    ]);
  });

  test("is no change while it is repeated and not awarded", () => {
    expect(linesOf(none, withMilestone({ repeats: true }))).toEqual([]);
  });

  test.each<[Partial<MilestoneDraft>, object]>([
    [{}, {}],
    [{ scope: "run" }, { scope: MilestoneScope.RUN }],
    [
      { scope: "ever", repeats: true },
      { scope: MilestoneScope.EVER, repeats: true },
    ],
    [{ repeats: true }, {}],
  ])("%j is saved as %j, and is the same when it comes back", (part, sent) => {
    const widget = toWidget(withMilestone(part), SAVED, FROM);
    expect(widget.milestones).toEqual([{ id: "a", target: 4, msg: "", rewardType: "message", ...sent }]);
    const { milestones } = toDraft(create(WidgetSchema, widget));
    expect(milestones).toEqual([milestone("4", { ...part, repeats: "repeats" in sent })]);
  });
});

describe("what is saved of rules", () => {
  test("is nothing while they have not changed, so that they stay as they are", () => {
    expect(toWidget({ ...SAVED, theme: "rose" }, SAVED, FROM)).not.toHaveProperty("rules");
    expect(toWidget({ ...SAVED, theme: "rose" }, SAVED, FROM)).not.toHaveProperty("rulesFrom");
  });

  test("is changed rules with the day from which they hold", () => {
    const saved = toWidget(withRules({ days: "5" }), SAVED, FROM);
    expect(saved.rules?.cadence).toMatchObject({ days: 5 });
    expect(saved.rulesFrom).toBe(FROM);
  });

  test("is the rules without a day, for a new widget and under a new event", () => {
    for (const before of [undefined, { ...SAVED, event: "walk" }]) {
      const saved = toWidget(SAVED, before, FROM);
      expect(saved.rules?.cadence).toMatchObject({ days: 3 });
      expect(saved).not.toHaveProperty("rulesFrom");
    }
    expect(toWidget(newDraft("x"), undefined, FROM)).not.toHaveProperty("rules");
  });
});

test("of rules that two people have changed, those of the person who saves now count as a whole", () => {
  const mine = withRules({ days: "5" }, { rulesFrom: "2026-12-24" });
  const theirs = withRules({ neverMissTwice: true }, { theme: "rose" });
  expect(merge(SAVED, mine, theirs)).toEqual({ ...mine, theme: "rose" });
  expect(merge(SAVED, { ...SAVED, position: "top-left" }, theirs)).toEqual({ ...theirs, position: "top-left" });
});

test("what is wrong with rules is told at their fields, and no rules are wrong that decide nothing", () => {
  const wrong = withRules({ days: "9" });
  expect(Object.fromEntries(problemsOf(wrong, SAVED, [], true))).toEqual({
    "rules.days": "A whole number from 1 to 7.",
    rulesFrom: "A change can’t hold before today.",
  });
  expect(problemsOf({ ...wrong, mode: "cumulative" }, SAVED, [], false).size).toBe(0);
});

test.each([
  ["rules.cadence.days", "rules.days"],
  ["rules.cadence.of", "rules.of"],
  ["rules.cadence.weekdays[1]", "rules.weekdays"],
  ["rules.daysOff.weekdays", "rules.offWeekdays"],
  ["rules.daysOff.dates[12]", "rules.offDates"],
  ["rules.daysOff.holidays[0]", "rules.holidays"],
  ["rules.cadence", "rules.kind"],
  ["rules.freezes", "rules.earnEvery"],
  ["rules.freezes.earnEvery", "rules.earnEvery"],
  ["rules.freezes.maxEarned", "rules.maxEarned"],
  ["rules.freezes.maxInARow", "rules.maxInARow"],
  ["rules.repairs", "rules.repairWithin"],
  ["rules.repairs.withinDays", "rules.repairWithin"],
  ["rules.repairs.onceInDays", "rules.repairOnceIn"],
  ["rules.repairs.price", "rules.repairPrice"],
  ["rules.repairs.days", "rules.repairDays"],
  ["rules.graceMinutes", "rules.graceMinutes"],
  ["milestones[0].scope", "first.scope"],
  ["milestones[0].repeats", "first.repeats"],
  ["rules.dayStart", "rules.dayStart"],
  ["rulesFrom", "rulesFrom"],
  ["milestones[0].msg", "first.msg"],
])("a refusal of %s is shown at %s", (path, field) => {
  const violation = { field: `project.widgets[2].${path}`, description: "No." };
  const error = new ConnectError("No.", Code.InvalidArgument, undefined, [
    { desc: BadRequestSchema, value: { fieldViolations: [violation] } },
  ]);
  expect([...refusedFields(error, { index: 2, keys: ["first"] })]).toEqual(
    [[field, "[invalid_argument] No."]].map(([key]) => [key, "No."]),
  );
  expect(refusedFields(error, { index: 1, keys: ["first"] }).size).toBe(0);
});

describe("lists of holidays", () => {
  const project = create(ProjectSchema, {
    holidays: [
      { name: "Bavaria", dates: ["2026-01-06", "2026-12-25"] },
      { name: "Hessen", dates: ["2026-01-06"] },
    ],
    widgets: [
      { event: "run", rules: { daysOff: { holidays: ["Bavaria"] } } },
      { event: "read", rules: {}, earlierRules: [{ rules: { daysOff: { holidays: ["Bavaria"] } } }] },
    ],
  });
  const draft = HOLIDAYS.toDraft(project);
  const withDates = (place: number, dates: string) => ({
    lists: draft.lists.map((list, index) => (index === place ? { ...list, dates } : list)),
  });
  const problems = (changed: typeof draft) => Object.fromEntries(problemsOfLists(changed, project, "2026-11-29"));

  test("are used by the widgets whose rules name them, also by earlier rules", () => {
    expect([...usersOfLists(project)]).toEqual([["Bavaria", ["run", "read"]]]);
  });

  test("that are used keep their dates that are over, and others need not", () => {
    expect(problems(draft)).toEqual({ Bavaria: {}, Hessen: {} });
    const told = "Jan 6, 2026 is over, and a widget uses the list: it has to stay as it is.";
    expect(problems(withDates(0, "2026-12-25"))).toMatchObject({ Bavaria: { dates: told } });
    expect(problems(withDates(0, "2026-01-06 2026-12-25 2026-11-28"))).toMatchObject({
      Bavaria: { dates: "Nov 28, 2026 is over, and a widget uses the list: it has to stay as it is." },
    });
    expect(problems(withDates(0, "2026-01-06 2026-11-29 2027-12-25"))).toMatchObject({ Bavaria: {} });
    expect(problems(withDates(1, "2020-01-01"))).toMatchObject({ Hessen: {} });
  });

  test("have names of their own", () => {
    const added = newList(draft);
    const named = (name: string) => problems({ lists: [...draft.lists, { ...added, name }] })[added.key];
    expect(named(" ")).toEqual({ name: "Name the list." });
    expect(named("Hessen ")).toEqual({ name: "Another list has this name." });
    expect(named("x".repeat(65))).toEqual({ name: "At most 64 characters." });
    expect(named("Saxony")).toEqual({});
    expect(newList({ lists: [...draft.lists, added] }).key).not.toBe(added.key);
  });

  test("are sent whole, with their dates in order", () => {
    const [field] = HOLIDAYS.fields;
    expect(field?.toProject(withDates(0, "2026-12-25\n2026-01-06, 2026-12-25"))).toEqual({
      holidays: [
        { name: "Bavaria", dates: ["2026-01-06", "2026-12-25"] },
        { name: "Hessen", dates: ["2026-01-06"] },
      ],
    });
  });
});
