import { StreakMode } from "#gen/streak/v1/project_pb.ts";
import type { Streak } from "#gen/streak/v1/streak_service_pb.ts";
import type { UserStreak } from "#gen/streak/v1/user_pb.ts";
import { Card } from "../../components/Card.tsx";
import { Badge } from "../../components/Notice.tsx";
import { Stat, Stats } from "../../components/Stat.tsx";
import { formatDay, formatNumber } from "../../format.ts";
import styles from "./EventCard.module.css";
import { HeatMap } from "./HeatMap.tsx";

/** One event of a user: the streak as of today, and the days of a year. */
export function EventCard({
  streak: { event, streak, daysDone, firstDate, lastDate, calendar },
  year,
  today,
}: {
  readonly streak: UserStreak;
  readonly year: number;
  readonly today: string;
}) {
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
        <HeatMap event={event} year={year} dates={calendar?.dates ?? []} today={today} />
      </div>
    </Card>
  );
}

function StreakStats({ streak: { mode, current, best } }: { readonly streak: Streak }) {
  if (mode === StreakMode.CUMULATIVE) {
    return <Stat label="Current streak" value={formatNumber(current)} about="every day counts" />;
  }
  return (
    <>
      <Stat label="Current streak" value={formatNumber(current)} about={current === 1 ? "day" : "days in a row"} />
      <Stat label="Best streak" value={formatNumber(best)} about={best === current ? "the current one" : "so far"} />
    </>
  );
}

function StateBadge({ streak: { todayDone, pending } }: { readonly streak: Streak }) {
  if (todayDone) {
    return <Badge kind="good">Today is done</Badge>;
  }
  return pending ? <Badge kind="warn">Pending: waits for today</Badge> : <Badge kind="info">No streak now</Badge>;
}

function spanOf(first: string, last: string): string {
  return first === last ? formatDay(first) : `${formatDay(first)} – ${formatDay(last)}`;
}
