import { useState } from "react";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import type { Explanation } from "#gen/streak/v1/rules_service_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Choice } from "../../../components/Choice.tsx";
import { Badge, Notice } from "../../../components/Notice.tsx";
import { Stat, Stats } from "../../../components/Stat.tsx";
import { problemOf } from "../../../errors.ts";
import { formatDay, formatNumber } from "../../../format.ts";
import { freezesAreEarned, freezesCover, hasGrace } from "../../../rules/draft.ts";
import { FreezesStat } from "../../../rules/FreezesStat.tsx";
import { rulesProblems } from "../../../rules/problems.ts";
import { repairOfferInWords, standingOf } from "../../../rules/progress.ts";
import { unitOf, unitWord } from "../../../rules/units.ts";
import { countsInWords, rulesInWords } from "../../../rules/words.ts";
import type { WidgetForm } from "../editor/widget-form.ts";
import { HISTORY_OPTIONS, type HistoryName, historyOf } from "./histories.ts";
import { spanOf } from "./span.ts";
import styles from "./Trial.module.css";
import { TrialCalendar } from "./TrialCalendar.tsx";
import { plannedChange, trialOf, type View } from "./trial.ts";
import { useTrial } from "./use-trial.ts";

const TITLE = "Try the rules";

interface TrialProps {
  readonly form: WidgetForm;
  readonly project: Project;
}

/** What the rules in the form make of a history that one chooses, or clicks together. */
export function TrialCard({ form, project }: TrialProps) {
  return form.draft.mode === "cumulative" ? (
    <Card title={TITLE}>
      <p className={styles.muted}>{countsInWords(form.draft.rules)}, so there is nothing to try.</p>
    </Card>
  ) : (
    <Trial form={form} project={project} />
  );
}

function Trial({ form, project }: TrialProps) {
  const { draft, today, hasOtherRules } = form;
  const [view, setView] = useState<View>("always");
  const [history, setHistory] = useState<HistoryName | "own">("gap");
  const [own, setOwn] = useState<readonly string[]>([]);
  const change = plannedChange(form);
  const shown = change === undefined ? "always" : view;
  const span = spanOf(draft.rules, shown === "change" && change !== undefined ? change.lookFrom : today);
  const dates = history === "own" ? own : historyOf(history, span.first, span.today);
  const isWrong = rulesProblems(draft.rules).size > 0;
  const { explanation, error, isOld } = useTrial(
    isWrong ? undefined : trialOf({ form, project, view: shown, span, dates }),
  );

  function toggle(date: string) {
    setHistory("own");
    setOwn(dates.includes(date) ? dates.filter((each) => each !== date) : [...dates, date].toSorted());
  }

  return (
    <Card
      title={TITLE}
      about={`With the rules in the form, ${hasOtherRules || form.isNew ? "which are not saved yet" : "as they are saved"}, this history gives:`}
    >
      <div className={styles.trial}>
        <p className={styles.rules}>
          <bdi>{rulesInWords(draft.rules)}</bdi>
        </p>
        {change !== undefined && (
          <div className={styles.view}>
            <Choice
              label="Since when the rules hold"
              value={shown}
              onValue={setView}
              options={[
                { value: "always", label: "As if always" },
                { value: "change", label: `From ${formatDay(change.from)}` },
              ]}
            />
            {shown === "change" && (
              <p className={styles.muted}>
                As it will be on {formatDay(span.today)}. What was counted before the change keeps its number.
              </p>
            )}
          </div>
        )}
        <div role="status" className={isOld ? styles.old : undefined}>
          {explanation !== undefined && <Outcome explanation={explanation} />}
        </div>
        {freezesCover(draft.rules) && !freezesAreEarned(draft.rules) && (
          <p className={styles.muted}>In this history, no freezes are granted: none is there to cover a miss.</p>
        )}
        {hasGrace(draft.rules) && (
          <p className={styles.muted}>In this history, nothing is done so late that it falls into the grace.</p>
        )}
        {isWrong && <Notice kind="info">Once the rules are whole, they are tried here.</Notice>}
        {error !== null && !isOld && <Notice kind="bad">{problemOf(error).message}</Notice>}
        <div className={styles.history}>
          <span className={styles.muted}>History</span>
          <Choice label="History" value={history} onValue={setHistory} options={HISTORY_OPTIONS} />
        </div>
        <TrialCalendar
          {...{ span, dates, explanation, isOld }}
          changeFrom={shown === "change" ? change?.from : undefined}
          onToggle={toggle}
        />
      </div>
    </Card>
  );
}

function Outcome({ explanation: { streak } }: { readonly explanation: Explanation }) {
  if (streak === undefined) {
    return undefined;
  }
  const { kind, text } = standingOf(streak);
  const unit = unitOf(streak);
  return (
    <div className={styles.outcome}>
      <Stats>
        <Stat label="Current streak" value={formatNumber(streak.current)} about={unitWord(streak.current, unit)} />
        <Stat label="Best streak" value={formatNumber(streak.best)} about={unitWord(streak.best, unit)} />
        {streak.freezes && <FreezesStat freezes={streak.freezes} />}
      </Stats>
      <Badge kind={kind}>{text}</Badge>
      {streak.repair && <p>{repairOfferInWords(streak.repair, unit)}</p>}
    </div>
  );
}
