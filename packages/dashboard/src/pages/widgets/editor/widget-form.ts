import { useMutation } from "@connectrpc/connect-query";
import { useEffect, useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project, Widget } from "#gen/streak/v1/project_pb.ts";
import { queryClient } from "../../../client.ts";
import { toastDone } from "../../../components/Toast.tsx";
import { addDays, todayIn } from "../../../dates.ts";
import { isProblem, problemOf } from "../../../errors.ts";
import type { Difference } from "./difference.ts";
import { differences } from "./differences.ts";
import { changesRules, newDraft, toDraft, toWidget, type WidgetDraft } from "./draft.ts";
import { merge } from "./merge.ts";
import { otherChanges } from "./other-changes.ts";
import { problemsOf, refusedFields, type Sent } from "./problems.ts";

/** Which widget is edited, and where to go when it is no longer that one. */
export interface WidgetFormProps {
  readonly project: Project;
  /** The event of the widget; undefined for a new widget. */
  readonly event: string | undefined;
  /** The event that a new widget begins with. */
  readonly suggested: string;
  /** Is called after the widget was saved under an event that it did not have before. */
  readonly onRenamed: (event: string) => void;
  /** Is called when there is nothing to edit: somebody else has removed the widget, or the new one is given up. */
  readonly onGone: () => void;
}

/**
 * Keeps what is typed about one widget, and saves it. The form remembers the project as it was when the typing began. When
 * somebody else has changed the project since, saving fails, and `theirs` tells what they changed.
 */
export function useWidgetForm({ project, event, suggested, onRenamed, onGone }: WidgetFormProps) {
  const [base, setBase] = useState(project);
  const [draft, setDraft] = useState(() => draftIn(project, event) ?? newDraft(suggested));
  const [seen, setSeen] = useState(project);
  const [sent, setSent] = useState<Sent>({ index: 0, keys: [] });
  const [isRefused, setRefused] = useState(false);
  const [renamed, setRenamed] = useState<string>();
  const { mutateAsync, error: thrown, isPending, reset } = useMutation(AdminService.method.updateProject);
  const error = isProblem(thrown, "ETAG_MISMATCH") ? null : thrown;

  const saved = widgetIn(base, event);
  const before = saved && toDraft(saved);
  const today = todayIn(base.timeZone);
  const rulesFrom = rulesFromOf(draft, saved, today);
  const changes = differences(before, draft, rulesFrom);
  const isChanged = differences(before ?? newDraft(suggested), draft).length > 0;
  if (project !== seen) {
    setSeen(project);
    const theirs = draftIn(project, event);
    // Nothing is typed yet: show what the server has now, unless somebody else has removed it.
    if (!isChanged && !isRefused && (event === undefined || theirs !== undefined)) {
      setBase(project);
      setDraft(theirs ?? draft);
    }
  }
  const otherEvents = base.widgets.map((widget) => widget.event).filter((each) => each !== event);
  const hasOtherRules = changesRules(draft, before);
  const problems = problemsOf(draft, before, otherEvents, hasOtherRules && rulesFrom < today);
  const refused = refusedFields(error, sent);

  // The widget is found by its event in what is read again after the change.
  const isReadAgain = renamed !== undefined && draftIn(project, renamed) !== undefined;
  useEffect(() => {
    if (isReadAgain) {
      onRenamed(renamed);
    }
  }, [isReadAgain, onRenamed, renamed]);

  async function saveOver(current: Project, mine: WidgetDraft): Promise<void> {
    const theirs = widgetIn(current, event);
    const place = current.widgets.findIndex((widget) => widget.event === event);
    const index = place === -1 ? current.widgets.length : place;
    setSent({ index, keys: mine.milestones.map(({ key }) => key) });
    try {
      const answer = await mutateAsync({
        project: {
          siteKey: current.siteKey,
          etag: current.etag,
          widgets: [
            ...current.widgets.slice(0, index),
            toWidget(mine, theirs && toDraft(theirs), rulesFromOf(mine, theirs, today)),
            ...current.widgets.slice(index + 1),
          ],
        },
        updateMask: { paths: ["widgets"] },
      });
      toastDone("Saved.");
      if (mine.event === event) {
        startFrom(answer.project ?? current);
      } else {
        setRenamed(mine.event);
      }
    } catch (failure) {
      // Other errors are shown by the form.
      if (isProblem(failure, "ETAG_MISMATCH")) {
        await queryClient.invalidateQueries();
        setRefused(true);
      }
    }
  }

  function startFrom(from: Project): void {
    reset();
    setRefused(false);
    setBase(from);
    setDraft(draftIn(from, event) ?? newDraft(suggested));
  }

  async function putOnTop(): Promise<void> {
    const theirs = draftIn(project, event);
    const merged = before === undefined || theirs === undefined ? draft : merge(before, draft, theirs);
    setRefused(false);
    setBase(project);
    setDraft(merged);
    await saveOver(project, merged);
  }

  function takeTheirs(): void {
    if (draftIn(project, event) === undefined) {
      onGone();
    } else {
      startFrom(project);
    }
  }

  return {
    draft,
    set(part: Partial<WidgetDraft>) {
      reset();
      setDraft({ ...draft, ...part });
    },
    /** The widget as it is saved; undefined for a widget that is not there yet. */
    saved,
    /** Whether it is a widget that is not there yet. */
    isNew: before === undefined,
    /** The project's today. */
    today,
    /** Whether the rules are changed, so that they hold from `rulesFrom` on. */
    hasOtherRules,
    /** The first day on which the changed rules are to hold, as it is typed, or as the form proposes it. */
    rulesFrom,
    isChanged,
    isSaving: isPending,
    /** What saving would change, in words. */
    changes,
    /** What keeps it from being saved. */
    problems,
    /** What to show at a field: what the server has refused, or what it would refuse. Empty fields are not wrong yet. */
    problemAt(field: string, value: string): string | undefined {
      return refused.get(field) ?? (value.trim() === "" ? undefined : problems.get(field));
    },
    /** Why the last attempt failed, when no field of the form is to blame; undefined otherwise. */
    failure: error == null || refused.size > 0 ? undefined : problemOf(error).message,
    save: () => saveOver(base, draft),
    discard: () => startFrom(project),
    /** Whether somebody else has saved first. It is told when `project` is what they have saved, which takes a moment. */
    isOutdated: isRefused && project.etag !== base.etag,
    /** What they changed of the widget, and in words of the others. */
    theirs: theirChanges(),
    takeTheirs,
    putOnTop,
    keepEditing: () => setRefused(false),
  };

  function theirChanges(): readonly (Difference & { readonly mine?: string })[] {
    const own = new Map(changes.map((change) => [change.key, change.after]));
    const theirs = widgetIn(project, event);
    const ofWidget = before === undefined ? [] : differences(before, theirs && toDraft(theirs), theirs?.rulesFrom);
    return [
      ...ofWidget.map((change) => ({ ...change, ...(own.has(change.key) && { mine: own.get(change.key) as string }) })),
      ...otherChanges(base, project, event),
    ];
  }
}

/** A form about a widget, as {@link useWidgetForm} returns it. */
export type WidgetForm = ReturnType<typeof useWidgetForm>;

/** What is to show at a field of the form, such as `event`. */
export type ProblemAt = (field: string, value: string) => string | undefined;

function widgetIn({ widgets }: Project, event: string | undefined): Widget | undefined {
  return widgets.find((widget) => widget.event === event);
}

function draftIn(project: Project, event: string | undefined): WidgetDraft | undefined {
  const widget = widgetIn(project, event);
  return widget === undefined ? undefined : toDraft(widget);
}

/**
 * The first day on which changed rules are to hold: the one that was typed; else that of a change that is still to
 * come, which this one replaces; else tomorrow.
 */
function rulesFromOf({ rulesFrom }: WidgetDraft, saved: Widget | undefined, today: string): string {
  const planned = saved?.rulesFrom ?? "";
  return rulesFrom || (planned > today ? planned : addDays(today, 1));
}
