import type { ReactNode } from "react";
import type { GetStreaksResponse } from "#gen/streak/v1/analytics_service_pb.ts";
import type { Loading } from "../../components/Framed.tsx";
import { ActiveUsers } from "./cards/ActiveUsers.tsx";
import { CheckIns } from "./cards/CheckIns.tsx";
import { Conversion } from "./cards/Conversion.tsx";
import { Hours } from "./cards/Hours.tsx";
import { MetaValues } from "./cards/MetaValues.tsx";
import { Milestones } from "./cards/Milestones.tsx";
import { Retention } from "./cards/Retention.tsx";
import { Streaks } from "./cards/Streaks.tsx";
import { Survival } from "./cards/Survival.tsx";
import { WidgetActivity } from "./cards/WidgetActivity.tsx";
import type { LoadingAgain } from "./charts/ChartFrame.tsx";
import styles from "./Overview.module.css";
import { useActivity, useSurvival } from "./queries.ts";
import { daysOf, type Range } from "./range/range.ts";

/** All charts of a project; what points to the start instead, while nothing was ever recorded. */
export function Charts({
  range,
  siteKey,
  today,
  streaks,
  metaKeys,
  nothingYet,
  hasNothingLately,
}: {
  readonly range: Range;
  readonly siteKey: string;
  /** The present day of the project; undefined while it is not known. */
  readonly today: string | undefined;
  readonly streaks: LoadingAgain<GetStreaksResponse>;
  /** The keys of `meta` that the project counts. */
  readonly metaKeys: Loading<readonly string[]>;
  readonly nothingYet: ReactNode;
  /** Whether nothing was recorded in the last days. */
  readonly hasNothingLately: boolean;
}) {
  const { step, event } = range;
  const subject = { siteKey, event, days: daysOf(range, today) };
  const activity = { query: useActivity(subject, step), step, today };
  const { data: survival } = useSurvival(subject);
  if (hasNothingLately && survival?.days.length === 0 && event === "") {
    return nothingYet;
  }
  return (
    <div className={styles.grid}>
      <ActiveUsers {...activity} />
      <CheckIns {...activity} />
      <Streaks query={streaks} siteKey={siteKey} event={event} />
      <Survival subject={subject} />
      <div className={styles.wide}>
        <Retention subject={subject} today={today} />
      </div>
      <Hours subject={subject} />
      <Milestones subject={subject} />
      <WidgetActivity {...activity} siteKey={siteKey} />
      <Conversion {...activity} />
      <div className={styles.wide}>
        <MetaValues subject={subject} keys={metaKeys} />
      </div>
    </div>
  );
}
