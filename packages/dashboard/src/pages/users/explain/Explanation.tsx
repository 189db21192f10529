import { useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { type Explanation as ExplanationMessage, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { ChevronRightIcon } from "../../../components/icons.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import { addDays } from "../../../dates.ts";
import { formatDay, formatDays } from "../../../format.ts";
import { useProject } from "../../../projects.ts";
import { toRulesDraft } from "../../../rules/draft.ts";
import { Legend } from "../../../rules/Legend.tsx";
import { repairOfferInWords } from "../../../rules/progress.ts";
import { lookOf } from "../../../rules/status.ts";
import { countOf, type Unit } from "../../../rules/units.ts";
import { rulesOn } from "../../../rules/versions.ts";
import { cumulativeInWords, rulesInWords } from "../../../rules/words.ts";
import { modeName } from "../../widgets/modes.ts";
import { widgetPath } from "../../widgets/paths.ts";
import styles from "./Explanation.module.css";
import { groupsOf } from "./groups.ts";
import { Period } from "./Period.tsx";
import { SumLine } from "./SumLine.tsx";

/** How many days are explained at once: some weeks, or some months. */
const DAYS: Readonly<Record<Unit, number>> = { day: 35, week: 35, month: 85, action: 35 };

/** Which streak is explained. */
export interface ExplanationProps {
  readonly siteKey: string;
  readonly userHash: string;
  readonly event: string;
  /** The day that is today for the streak. */
  readonly today: string;
  /** The first day that the user has done. */
  readonly firstDate: string;
  readonly unit: Unit;
}

/** Why a streak is what it is: a calendar with a reason under each day, and the sum that makes its number. */
export default function Explanation({ siteKey, userHash, event, today, firstDate, unit }: ExplanationProps) {
  // The last days of the ranges that one has gone through; the last one is shown. None is the range up to today.
  const [ends, setEnds] = useState<readonly string[]>([]);
  const to = ends.at(-1);
  const start = addDays(to ?? today, 1 - DAYS[unit]);
  // There is nothing to explain before the first done day.
  const from = start > firstDate || firstDate > (to ?? today) ? start : firstDate;
  const query = useQuery(
    RulesService.method.explainStreak,
    { siteKey, userHash, event, from, ...(to !== undefined && { to }) },
    { placeholderData: keepPreviousData },
  );
  return (
    <Framed query={{ ...query, data: query.data?.explanation }} skeleton={<SkeletonLines lines={6} height="3rem" />}>
      {(explanation) => (
        <section aria-label={`Why the streak of ${event} is what it is`} className={styles.explanation}>
          <div className={styles.why}>
            <h3>Why {explanation.streak && countOf(explanation.streak.current, unit)}?</h3>
            <RulesLine siteKey={siteKey} event={event} explanation={explanation} />
          </div>
          <SumLine explanation={explanation} unit={unit} />
          {explanation.streak?.repair && <p>{repairOfferInWords(explanation.streak.repair, unit)}</p>}
          <Pager
            explanation={explanation}
            firstDate={firstDate}
            isBusy={query.isPlaceholderData}
            hasLater={ends.length > 0}
            onEarlier={(end) => setEnds([...ends, end])}
            onLater={() => setEnds(ends.slice(0, -1))}
          />
          <div className={query.isPlaceholderData ? styles.old : styles.periods} aria-busy={query.isPlaceholderData}>
            {groupsOf(explanation.periods).map((group) => (
              <Period key={group.key} group={group} today={explanation.today} runStart={explanation.runFirstDate} />
            ))}
          </div>
          <Legend
            looks={new Set(explanation.periods.flatMap((period) => period.days.map((day) => lookOf(day, period))))}
          />
        </section>
      )}
    </Framed>
  );
}

/** The rules of the last day that is shown, but of none after today, for those who may see the project's widgets. */
function RulesLine({
  siteKey,
  event,
  explanation: { today, periods },
}: {
  readonly siteKey: string;
  readonly event: string;
  readonly explanation: ExplanationMessage;
}) {
  const { project } = useProject(siteKey);
  const widget = project?.widgets.find((each) => each.event === event);
  if (widget === undefined) {
    return undefined;
  }
  const last = periods.at(-1)?.lastDate ?? today;
  const date = last < today ? last : today;
  const inWords = modeName(widget.mode) === "cumulative" ? cumulativeInWords : rulesInWords;
  return (
    <p className={styles.muted}>
      The rules{date < today && ` on ${formatDay(date)}`}: <bdi>{inWords(toRulesDraft(rulesOn(widget, date)))}</bdi>.{" "}
      <Link href={widgetPath(siteKey, event)}>Show the widget</Link>
    </p>
  );
}

/** Goes to earlier days and back. */
function Pager({
  explanation: { periods },
  firstDate,
  isBusy,
  hasLater,
  onEarlier,
  onLater,
}: {
  readonly explanation: ExplanationMessage;
  readonly firstDate: string;
  readonly isBusy: boolean;
  readonly hasLater: boolean;
  /** Is told the last day of the range before. */
  readonly onEarlier: (end: string) => void;
  readonly onLater: () => void;
}) {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) {
    return undefined;
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form.
    <div role="group" aria-label="Days" className={styles.pager}>
      <Button
        icon={
          <span className={styles.back}>
            <ChevronRightIcon />
          </span>
        }
        disabled={isBusy || first.firstDate <= firstDate}
        onClick={() => onEarlier(addDays(first.firstDate, -1))}
      >
        Earlier
      </Button>
      <output>{formatDays(first.firstDate, last.lastDate)}</output>
      <Button disabled={isBusy || !hasLater} onClick={onLater}>
        Later
        <ChevronRightIcon />
      </Button>
    </div>
  );
}
