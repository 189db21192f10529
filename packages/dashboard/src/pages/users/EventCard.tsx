import { lazy, Suspense, useId } from "react";
import { StreakMode } from "#gen/streak/v1/project_pb.ts";
import type { Streak } from "#gen/streak/v1/streak_service_pb.ts";
import type { UserStreak } from "#gen/streak/v1/user_pb.ts";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { ChevronRightIcon } from "../../components/icons.tsx";
import { Badge } from "../../components/Notice.tsx";
import { Stat, Stats } from "../../components/Stat.tsx";
import { SkeletonLines } from "../../components/States.tsx";
import { formatDay, formatNumber } from "../../format.ts";
import { FreezesStat } from "../../rules/FreezesStat.tsx";
import { standingOf } from "../../rules/progress.ts";
import { namesUnit, unitOf, unitWord } from "../../rules/units.ts";
import styles from "./EventCard.module.css";
import { HeatMap } from "./HeatMap.tsx";

const Explanation = lazy(() => import("./explain/Explanation.tsx"));

/** One event of a user: the streak as of today, why it is that, and the days of a year. */
export function EventCard({
  siteKey,
  userHash,
  streak: { event, streak, daysDone, firstDate, lastDate, calendar },
  year,
  today,
  isExplained,
  onExplain,
}: {
  readonly siteKey: string;
  readonly userHash: string;
  readonly streak: UserStreak;
  readonly year: number;
  /** The day that is today for the streak. */
  readonly today: string;
  /** Whether it is shown why the streak is what it is. */
  readonly isExplained: boolean;
  readonly onExplain: (isExplained: boolean) => void;
}) {
  const id = useId();
  return (
    <Card
      title={<bdi className={styles.event}>{event}</bdi>}
      about={
        streak === undefined
          ? "The project has no widget for this event any more, so nothing says how its days count."
          : undefined
      }
      actions={streak && <StateBadge streak={streak} />}
    >
      <div className={styles.body}>
        <Stats>
          {streak && <StreakStats streak={streak} />}
          <Stat label="Days done" value={formatNumber(daysDone)} about={spanOf(firstDate, lastDate)} />
        </Stats>
        {streak && (
          <div className={styles.why}>
            <Button
              icon={<ChevronRightIcon />}
              aria-expanded={isExplained}
              aria-controls={isExplained ? id : undefined}
              onClick={() => onExplain(!isExplained)}
            >
              Why this number?
            </Button>
          </div>
        )}
        {streak && isExplained && (
          <div id={id}>
            <Suspense fallback={<SkeletonLines lines={6} height="3rem" />}>
              <Explanation {...{ siteKey, userHash, event, today, firstDate }} unit={unitOf(streak)} />
            </Suspense>
          </div>
        )}
        <HeatMap event={event} year={year} dates={calendar?.dates ?? []} today={today} />
      </div>
    </Card>
  );
}

function StreakStats({ streak }: { readonly streak: Streak }) {
  const { mode, current, best } = streak;
  const unit = unitOf(streak);
  if (mode === StreakMode.CUMULATIVE) {
    return <Stat label="Current streak" value={formatNumber(current)} about={`every ${unit} counts`} />;
  }
  return (
    <>
      <Stat
        label="Current streak"
        value={formatNumber(current)}
        about={`${unitWord(current, unit)}${current === 1 || isWithGaps(streak) ? "" : " in a row"}`}
      />
      <Stat
        label="Best streak"
        value={formatNumber(best)}
        about={best === current ? "the current one" : namesUnit(streak) ? `${unitWord(best, unit)}, so far` : "so far"}
      />
      {streak.freezes && <FreezesStat freezes={streak.freezes} />}
    </>
  );
}

/** By rules and pauses, the days that count may have others between them: days off, paused days and allowed gaps. */
function isWithGaps(streak: Streak): boolean {
  return namesUnit(streak) && unitOf(streak) === "day";
}

function StateBadge({ streak }: { readonly streak: Streak }) {
  const { kind, text } = standingOf(streak);
  return <Badge kind={kind}>{text}</Badge>;
}

function spanOf(first: string, last: string): string {
  return first === last ? formatDay(first) : `${formatDay(first)} – ${formatDay(last)}`;
}
