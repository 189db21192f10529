import type { GetActivityResponse, GetStreaksResponse } from "#gen/streak/v1/analytics_service_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Choice } from "../../../components/Choice.tsx";
import { Stat, Stats } from "../../../components/Stat.tsx";
import { ErrorState, Skeleton } from "../../../components/States.tsx";
import { formatDay, formatNumber, formatPercent } from "../../../format.ts";
import type { LoadingAgain } from "../charts/ChartFrame.tsx";
import styles from "../Overview.module.css";

/** What today is compared with. */
export type Versus = "yesterday" | "week";

/** How many days ago each was. */
const DAYS_AGO: Readonly<Record<Versus, number>> = { yesterday: 1, week: 7 };
const NAMES: Readonly<Record<Versus, string>> = { yesterday: "yesterday", week: "a week ago" };

/** Today at a glance. */
export function Today({
  lastDays,
  streaks,
  versus,
  onVersus,
}: {
  /** The last days, of which today is the last. */
  readonly lastDays: LoadingAgain<GetActivityResponse>;
  readonly streaks: LoadingAgain<GetStreaksResponse>;
  readonly versus: Versus;
  readonly onVersus: (versus: Versus) => void;
}) {
  const periods = lastDays.data?.periods;
  const today = periods?.at(-1);
  const before = periods?.at(-1 - DAYS_AGO[versus]);
  const error = lastDays.error ?? streaks.error;
  const compared = (now: number | undefined, then: number | undefined) =>
    now === undefined || then === undefined ? <Skeleton width="7rem" /> : <Compared {...{ now, then, versus }} />;
  return (
    <Card
      title="Today"
      about={today === undefined ? "The day so far" : `${formatDay(today.isoDate)}, so far`}
      actions={
        <Choice
          label="Compare today with"
          value={versus}
          onValue={onVersus}
          options={[
            { value: "yesterday", label: "Yesterday" },
            { value: "week", label: "A week ago" },
          ]}
        />
      }
    >
      {error != null && (today === undefined || streaks.data === undefined) ? (
        <ErrorState error={error} onRetry={() => Promise.all([lastDays.refetch(), streaks.refetch()])} />
      ) : (
        <Stats>
          <Stat
            label="Active users"
            value={shown(today?.activeUsers)}
            about={compared(today?.activeUsers, before?.activeUsers)}
          />
          <Stat label="Check-ins" value={shown(today?.checkIns)} about={compared(today?.checkIns, before?.checkIns)} />
          <Stat label="New users" value={shown(today?.newUsers)} about={compared(today?.newUsers, before?.newUsers)} />
          <Stat label="Streaks done" value={shown(streaks.data?.doneToday)} about={aliveOf(streaks.data)} />
          <Stat label="Streaks pending" value={shown(streaks.data?.pending)} about="still to be done" />
          <Stat
            label="Streaks at risk"
            value={<span className={styles.risk}>{shown(streaks.data?.atRisk)}</span>}
            about="under 6 hours of today left"
          />
        </Stats>
      )}
    </Card>
  );
}

function shown(value: number | undefined) {
  return value === undefined ? <Skeleton width="4rem" height="2.1rem" /> : formatNumber(value);
}

function aliveOf(streaks: GetStreaksResponse | undefined) {
  return streaks === undefined ? <Skeleton width="7rem" /> : `of ${formatNumber(streaks.alive)} alive`;
}

/** How a number of today, so far, compares with the whole of an earlier day. */
function Compared({ now, then, versus }: { readonly now: number; readonly then: number; readonly versus: Versus }) {
  if (then === 0) {
    return <>none {NAMES[versus]}</>;
  }
  const part = now / then;
  return (
    <>
      <span className={part > 1 ? styles.more : undefined}>{formatPercent(part)}</span> of {formatNumber(then)}{" "}
      {NAMES[versus]}
    </>
  );
}
