import type { Activity } from "#gen/streak/v1/analytics_service_pb.ts";
import { formatCompact, formatNumber } from "../../../format.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { periodsOf } from "../numbers/periods.ts";
import type { ActivityCardProps } from "./activity-card.ts";
import { NO_CHECK_INS } from "./texts.ts";

/** Who was active: new users, and those who came back. */
export function ActiveUsers({ query, step, today }: ActivityCardProps) {
  return (
    <ChartFrame
      title="Active users"
      about="Users who checked in: for the first time ever, or again."
      query={query}
      hasLegend
      isEmpty={({ periods }) => periods.every(({ activeUsers }) => activeUsers === 0)}
      empty={NO_CHECK_INS}
      chartOf={({ periods }): Chart<Activity> => ({
        ...periodsOf(periods, step, today),
        series: [
          {
            ...{ key: "returning", title: "Returning", kind: "bar", colour: "var(--chart-1)", stack: "users" },
            value: ({ returningUsers }) => returningUsers,
          },
          {
            ...{ key: "new", title: "New", kind: "bar", colour: "var(--chart-2)", stack: "users" },
            value: ({ newUsers }) => newUsers,
          },
        ],
        extra: [{ key: "all", title: "Active", cell: ({ activeUsers }) => formatNumber(activeUsers) }],
        format: formatNumber,
        tick: formatCompact,
      })}
    />
  );
}
