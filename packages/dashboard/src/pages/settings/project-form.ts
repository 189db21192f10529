import type { MessageInitShape } from "@bufbuild/protobuf";
import { useMutation } from "@connectrpc/connect-query";
import { useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project, ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { queryClient } from "../../client.ts";
import { toastDone } from "../../components/Toast.tsx";
import { isProblem } from "../../errors.ts";
import { useLeaveGuard } from "../../leaving/leave-guard.ts";

/** A field of a form that is about fields of a project. */
export interface FormField<Draft> {
  /** The field's name for people. */
  readonly label: string;
  /** The field of the project, by its name in the proto, such as `time_zone`. */
  readonly path: string;
  /** What the project gets when the field has changed. */
  readonly toProject: (draft: Draft) => Omit<MessageInitShape<typeof ProjectSchema>, "$typeName" | "$unknown">;
  /** The value as a person reads it, to compare two. */
  readonly show: (draft: Draft) => string;
}

/** How a form about a project is made. */
export interface FormKind<Draft> {
  readonly toDraft: (project: Project) => Draft;
  readonly fields: readonly FormField<Draft>[];
}

/** A field that somebody else has changed meanwhile. */
export interface Conflict {
  readonly label: string;
  readonly before: string;
  readonly theirs: string;
  readonly mine: string;
}

/**
 * Keeps what is typed into a form about a project, and saves what has changed. The form remembers the project as it was when
 * the typing began. When somebody else has changed the project since, saving fails, and `conflicts` tells what they changed.
 */
export function useProjectForm<Draft>(project: Project, { toDraft, fields }: FormKind<Draft>) {
  const [base, setBase] = useState(project);
  const [draft, setDraft] = useState(() => toDraft(project));
  const [seen, setSeen] = useState(project);
  const [isRefused, setRefused] = useState(false);
  const { mutateAsync, error, isPending, reset } = useMutation(AdminService.method.updateProject);

  const before = toDraft(base);
  const changed = fields.filter(({ show }) => show(draft) !== show(before));
  if (project !== seen) {
    setSeen(project);
    // Nothing is typed yet: show what the server has now.
    if (changed.length === 0 && !isRefused) {
      setBase(project);
      setDraft(toDraft(project));
    }
  }

  const guard = useLeaveGuard(changed.length > 0);

  async function saveOver(etag: string): Promise<void> {
    const update = Object.assign({}, ...changed.map(({ toProject }) => toProject(draft)));
    try {
      const saved = await mutateAsync({
        project: { ...update, siteKey: project.siteKey, etag },
        updateMask: { paths: changed.map(({ path }) => path) },
      });
      if (saved.project !== undefined) {
        startFrom(saved.project);
        toastDone("Saved.");
      }
    } catch (thrown) {
      // Other errors are shown by the form, which a dialog must not cover.
      const isLate = isProblem(thrown, "ETAG_MISMATCH");
      if (isLate) {
        await queryClient.invalidateQueries();
      }
      setRefused(isLate);
    }
  }

  function startFrom(from: Project): void {
    reset();
    setBase(from);
    setDraft(toDraft(from));
    setRefused(false);
  }

  function conflicts(): Conflict[] {
    const theirs = toDraft(project);
    return fields
      .filter(({ show }) => show(theirs) !== show(before))
      .map(({ label, show }) => ({ label, before: show(before), theirs: show(theirs), mine: show(draft) }));
  }

  return {
    draft,
    set: (part: Partial<Draft>) => setDraft({ ...draft, ...part }),
    isChanged: changed.length > 0,
    isSaving: isPending,
    /** Why the last attempt to save failed; null when it did not, or when somebody else was first. */
    error: isProblem(error, "ETAG_MISMATCH") ? null : error,
    save: () => saveOver(base.etag),
    discard: () => startFrom(project),
    /** Whether somebody else has saved first. It is told when `project` is what they have saved, which takes a moment. */
    isOutdated: isRefused && project.etag !== base.etag,
    /** What they changed. Empty when it was nothing that this form shows. */
    conflicts: conflicts(),
    takeTheirs: () => startFrom(project),
    overwrite: () => saveOver(project.etag),
    keepEditing: () => setRefused(false),
    /** Asks before what was typed is lost. */
    guard,
  };
}

/** A form about a project, as {@link useProjectForm} returns it. */
export type ProjectForm = Omit<ReturnType<typeof useProjectForm>, "draft" | "set">;
