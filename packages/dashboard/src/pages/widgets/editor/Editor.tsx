import { lazy, type SubmitEvent, Suspense, useState } from "react";
import { Link } from "wouter";
import { Button } from "../../../components/Button.tsx";
import { ConflictDialog } from "../../../components/ConflictDialog.tsx";
import { ChevronRightIcon } from "../../../components/icons.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { PageHeader } from "../../../components/PageHeader.tsx";
import { LeaveDialog } from "../../../leaving/LeaveDialog.tsx";
import { useLeaveGuard } from "../../../leaving/leave-guard.ts";
import { paths } from "../../../routes.ts";
import { PreviewSkeleton } from "../preview/PreviewSkeleton.tsx";
import { RulesCard } from "../rules/RulesCard.tsx";
import { TrialCard } from "../trial/TrialCard.tsx";
import { CountingCard } from "./CountingCard.tsx";
import { DifferenceList } from "./DifferenceList.tsx";
import styles from "./Editor.module.css";
import { LookCard } from "./LookCard.tsx";
import { MilestonesCard } from "./MilestonesCard.tsx";
import { ReviewDialog } from "./ReviewDialog.tsx";
import { useWidgetForm, type WidgetForm, type WidgetFormProps } from "./widget-form.ts";

const Preview = lazy(() => import("../preview/Preview.tsx"));

/** One widget: the form, beside its rules what they make of a history, and beside its look what a visitor would see. */
export function Editor(props: WidgetFormProps) {
  const { project, event, onRenamed, onGone } = props;
  const [isReviewing, setReviewing] = useState(false);
  const form = useWidgetForm({
    ...props,
    onRenamed: (saved) => guard.pass(() => onRenamed(saved)),
    onGone: () => guard.pass(onGone),
  });
  const guard = useLeaveGuard(form.isChanged);
  const { draft, set, problemAt, failure } = form;

  function review(submitted: SubmitEvent) {
    submitted.preventDefault();
    // Enter in a field of a preview is not meant for the form.
    if (document.activeElement?.closest(`.${styles.preview}`) == null) {
      setReviewing(true);
    }
  }

  return (
    <>
      <nav aria-label="Way back" className={styles.back}>
        <Link href={paths.project(project.siteKey, "widgets")}>
          <ChevronRightIcon />
          Widgets
        </Link>
      </nav>
      <PageHeader title={event ?? "New widget"} about={<code>{project.siteKey}</code>} />
      <form onSubmit={review} aria-label="The widget" noValidate>
        <div className={styles.columns}>
          <div className={styles.form}>
            <CountingCard {...{ draft, set, problemAt }} />
            <RulesCard form={form} lists={{ siteKey: project.siteKey, all: project.holidays, today: form.today }} />
          </div>
          <div className={styles.preview}>
            <TrialCard form={form} project={project} />
          </div>
          <div className={styles.form}>
            <MilestonesCard {...{ draft, set, problemAt }} />
            <LookCard {...{ draft, set, problemAt }} />
          </div>
          <div className={styles.preview}>
            <Suspense fallback={<PreviewSkeleton />}>
              <Preview draft={draft} isLive={project.live ?? true} />
            </Suspense>
          </div>
        </div>
        {failure !== undefined && (
          <div className={styles.failure}>
            <Notice kind="bad">{failure}</Notice>
          </div>
        )}
        <SaveBar form={form} />
      </form>
      <ReviewDialog form={form} event={event} isOpen={isReviewing} onClose={() => setReviewing(false)} />
      <ConflictDialog form={form} saveLabel="Put mine on top" onSave={form.putOnTop}>
        {form.theirs.length === 0 ? (
          <p className={styles.differences}>Nothing about the widgets. Yours can be saved beside it.</p>
        ) : (
          <DifferenceList all={form.theirs} />
        )}
      </ConflictDialog>
      <LeaveDialog guard={guard} />
    </>
  );
}

/** The end of the form: what is still to do, and the buttons. */
function SaveBar({ form }: { readonly form: WidgetForm }) {
  const { isNew, isChanged, isSaving, problems, discard } = form;
  const [problem] = problems.values();
  return (
    <div className={styles.save}>
      <Button
        type="submit"
        kind="primary"
        disabled={!(isNew || isChanged) || isSaving || problem !== undefined}
        isBusy={isSaving}
      >
        Review changes
      </Button>
      <Button kind="quiet" onClick={discard} disabled={!isChanged || isSaving}>
        Discard
      </Button>
      <p className={styles.todo} role="status">
        {problem !== undefined ? `Before it can be saved: ${problem}` : isChanged ? "Not saved yet." : ""}
      </p>
    </div>
  );
}
