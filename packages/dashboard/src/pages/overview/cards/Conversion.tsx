import type { Activity } from "#gen/streak/v1/analytics_service_pb.ts";
import { formatNumber, formatPercent } from "../../../format.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { periodsOf } from "../numbers/periods.ts";
import type { ActivityCardProps } from "./activity-card.ts";

/** How many of those who saw the widget checked in. */
export function Conversion({ query, step, today }: ActivityCardProps) {
  const unit = { day: "day", week: "week", month: "month" }[step];
  return (
    <ChartFrame
      title="From impression to check-in"
      about={`Of the users who saw the widget, the part that checked in on the same ${unit}.`}
      query={query}
      isEmpty={({ periods }) => periods.every(({ conversion }) => conversion === undefined)}
      empty={{
        title: "Nobody has seen the widget in these days",
        text: "Its impressions are counted when it is shown.",
      }}
      chartOf={({ periods }): Chart<Activity> => ({
        ...periodsOf(periods, step, today),
        series: [
          {
            ...{ key: "conversion", title: "Converted", kind: "area", colour: "var(--chart-2)" },
            value: ({ conversion }) => conversion,
          },
        ],
        extra: [
          { key: "saw", title: "Saw the widget", cell: ({ impressionUsers }) => formatNumber(impressionUsers) },
          { key: "checkedIn", title: "Also checked in", cell: ({ convertedUsers }) => formatNumber(convertedUsers) },
        ],
        max: 1,
        format: formatPercent,
        tick: formatPercent,
      })}
    />
  );
}
