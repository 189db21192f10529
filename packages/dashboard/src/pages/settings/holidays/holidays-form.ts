import { type Project, ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { HolidayListSchema } from "#gen/streak/v1/rules_pb.ts";
import { formatDay } from "../../../format.ts";
import { lengthOf, limitsOf } from "../../../limits.ts";
import { datesOf } from "../../../rules/draft.ts";
import { datesProblem } from "../../../rules/problems.ts";
import type { FormKind } from "../project-form.ts";

/** A list of holidays as it is typed. */
export interface ListDraft {
  /** Names the list as long as it is edited: the name that it had at first, or a number for a new one. */
  readonly key: string;
  readonly name: string;
  /** Dates, as `datesOf` reads them. */
  readonly dates: string;
}

/** What the form holds. */
export interface HolidaysDraft {
  readonly lists: readonly ListDraft[];
}

/** What is wrong with a list, by its key: with the name, and with the dates. */
export type ListProblems = ReadonlyMap<string, { readonly name?: string; readonly dates?: string }>;

/** The most lists of a project. */
export const MAX_LISTS = limitsOf(ProjectSchema, "holidays").maxItems;

/** The most characters of the name of a list. */
export const MAX_NAME_LENGTH = limitsOf(HolidayListSchema, "name").maxLength;

/** The form about a project's lists of holidays. All lists are one field of the project. */
export const HOLIDAYS: FormKind<HolidaysDraft> = {
  toDraft: ({ holidays }: Project) => ({
    lists: holidays.map(({ name, dates }) => ({ key: name, name, dates: dates.join("\n") })),
  }),
  fields: [
    {
      label: "Lists of holidays",
      path: "holidays",
      toProject: ({ lists }) => ({
        holidays: lists.map(({ name, dates }) => ({ name: name.trim(), dates: sortedDates(dates) })),
      }),
      show: ({ lists }) =>
        lists.map(({ name, dates }) => `${name.trim()}: ${sortedDates(dates).join(", ")}`).join("\n"),
    },
  ],
};

/** Returns a list to add, with a key that no other has. */
export function newList({ lists }: HolidaysDraft): ListDraft {
  let number = 1;
  while (lists.some(({ key }) => key === `new ${number}`)) {
    number += 1;
  }
  return { key: `new ${number}`, name: "", dates: "" };
}

/** Returns which widgets name a list in their rules, now or before, by the name of the list. */
export function usersOfLists({ widgets }: Project): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { event, rules, earlierRules } of widgets) {
    const versions = [rules, ...earlierRules.map((version) => version.rules)];
    for (const name of new Set(versions.flatMap((version) => version?.daysOff?.holidays ?? []))) {
      users.set(name, [...(users.get(name) ?? []), event]);
    }
  }
  return users;
}

/**
 * Returns what the server would refuse, as far as the form can know.
 *
 * @param project as it is saved
 * @param today the project's today
 */
export function problemsOfLists({ lists }: HolidaysDraft, project: Project, today: string): ListProblems {
  const used = usersOfLists(project);
  const saved = new Map(project.holidays.map(({ name, dates }) => [name, dates]));
  return new Map(
    lists.map((list) => {
      const past = used.has(list.key) ? pastProblem(saved.get(list.key) ?? [], datesOf(list.dates), today) : undefined;
      const name = nameProblem(list, lists);
      const dates = datesProblem(datesOf(list.dates)) ?? past;
      return [list.key, { ...(name !== undefined && { name }), ...(dates !== undefined && { dates }) }];
    }),
  );
}

function nameProblem({ key, name }: ListDraft, lists: readonly ListDraft[]): string | undefined {
  if (name.trim() === "") {
    return "Name the list.";
  }
  if (lengthOf(name.trim()) > MAX_NAME_LENGTH) {
    return `At most ${MAX_NAME_LENGTH} characters.`;
  }
  const isTwice = lists.some((other) => other.key !== key && other.name.trim() === name.trim());
  return isTwice ? "Another list has this name." : undefined;
}

/** What is over can't become a day off, or a day that was needed: that would change streaks as they were. */
function pastProblem(before: readonly string[], after: readonly string[], today: string): string | undefined {
  const changed = [
    ...after.filter((date) => !before.includes(date)),
    ...before.filter((date) => !after.includes(date)),
  ].find((date) => date < today);
  return changed === undefined
    ? undefined
    : `${formatDay(changed)} is over, and a widget uses the list: it has to stay as it is.`;
}

function sortedDates(text: string): string[] {
  return [...new Set(datesOf(text))].toSorted();
}
