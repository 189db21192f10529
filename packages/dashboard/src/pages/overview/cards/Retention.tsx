import type { Cohort } from "#gen/streak/v1/analytics_service_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { formatDay, formatNumber } from "../../../format.ts";
import { isCurrent } from "../numbers/periods.ts";
import { type SubjectOfDays, useRetention } from "../queries.ts";
import styles from "./Retention.module.css";
import { NO_CHECK_INS } from "./texts.ts";

/** Which users came back in the weeks after their first. */
export function Retention({
  subject,
  today,
}: {
  readonly subject: SubjectOfDays;
  /** The present day of the project; undefined while it is not known. */
  readonly today: string | undefined;
}) {
  const query = useRetention(subject);
  const lastWeek = query.data?.cohorts.at(-1)?.isoDate;
  const isNotOver = lastWeek !== undefined && today !== undefined && isCurrent(lastWeek, "week", today);
  return (
    <Card
      title="Retention"
      about={`Of the users whose first check-in was in a week, the part that checked in again so many weeks (+1, +2, …) later.${isNotOver ? " The last number of each row is this week’s, which is not over." : ""}`}
    >
      <Framed query={query} skeleton={<SkeletonLines lines={1} height="24rem" />}>
        {({ cohorts }) =>
          cohorts.some(({ activeUsers }) => activeUsers[0]) ? (
            <Triangle cohorts={cohorts} />
          ) : (
            <EmptyState title={NO_CHECK_INS.title}>{NO_CHECK_INS.text}</EmptyState>
          )
        }
      </Framed>
    </Card>
  );
}

function Triangle({ cohorts }: { readonly cohorts: readonly Cohort[] }) {
  const weeks = Math.max(...cohorts.map(({ activeUsers }) => activeUsers.length)) - 1;
  const later = Array.from({ length: weeks }, (_, index) => index + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className={styles.scroller} tabIndex={0} aria-label="Retention by week">
      <table className={styles.table}>
        <caption className="visually-hidden">Users who checked in again, by the week of their first check-in</caption>
        <thead>
          <tr>
            <th scope="col">First week</th>
            <th scope="col" className={styles.users}>
              Users
            </th>
            {later.map((week) => (
              <th key={week} scope="col">
                +{week}
                <span className="visually-hidden"> weeks later</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <Row key={cohort.isoDate} cohort={cohort} later={later} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ cohort, later }: { readonly cohort: Cohort; readonly later: readonly number[] }) {
  const { isoDate, activeUsers } = cohort;
  const all = activeUsers[0] ?? 0;
  return (
    <tr>
      <th scope="row">{formatDay(isoDate)}</th>
      <td className={styles.users}>{formatNumber(all)}</td>
      {later.map((week) => {
        const users = activeUsers[week];
        if (users === undefined) {
          return <td key={week} className={styles.none} />;
        }
        const part = all === 0 ? undefined : users / all;
        return (
          <td key={week} className={`${styles.cell} ${shadeOf(part)}`} title={`${formatNumber(users)} users`}>
            {part === undefined ? "–" : `${Math.round(100 * part)}%`}
          </td>
        );
      })}
    </tr>
  );
}

/** From which part on each shade is taken. */
const SHADES = [
  [0.5, styles.most],
  [0.3, styles.much],
  [0.15, styles.some],
  [Number.MIN_VALUE, styles.little],
] as const;

function shadeOf(part: number | undefined): string {
  return SHADES.find(([from]) => part !== undefined && part >= from)?.[1] ?? styles.empty ?? "";
}
