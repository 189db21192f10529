import type { Activity } from "#gen/streak/v1/analytics_service_pb.ts";
import { formatCompact, formatNumber, plural } from "../../../format.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { periodsOf, totalOf } from "../numbers/periods.ts";
import type { ActivityCardProps } from "./activity-card.ts";
import { NO_CHECK_INS } from "./texts.ts";

/** How many days were done. */
export function CheckIns({ query, step, today }: ActivityCardProps) {
  const total = query.data && totalOf(query.data.periods, ({ checkIns }) => checkIns);
  return (
    <ChartFrame
      title="Check-ins"
      about={`Days done, each of one user and one event.${total ? ` ${plural(total, "check-in", "check-ins")} in all.` : ""}`}
      query={query}
      isEmpty={() => total === 0}
      empty={NO_CHECK_INS}
      chartOf={({ periods }): Chart<Activity> => ({
        ...periodsOf(periods, step, today),
        series: [
          {
            ...{ key: "checkIns", title: "Check-ins", kind: "bar", colour: "var(--chart-1)" },
            value: ({ checkIns }) => checkIns,
          },
        ],
        format: formatNumber,
        tick: formatCompact,
      })}
    />
  );
}
