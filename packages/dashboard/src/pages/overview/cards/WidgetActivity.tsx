import { Link } from "wouter";
import type { Activity } from "#gen/streak/v1/analytics_service_pb.ts";
import { formatCompact, formatNumber } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { periodsOf } from "../numbers/periods.ts";
import type { ActivityCardProps } from "./activity-card.ts";

/** How often the widget was seen and used, and in how many sessions. */
export function WidgetActivity({ query, step, today, siteKey }: ActivityCardProps & { readonly siteKey: string }) {
  return (
    <ChartFrame
      title="Widget and sessions"
      about="How often the widget was shown and used, and how many sessions there were."
      query={query}
      hasLegend
      isEmpty={({ periods }) =>
        periods.every(
          ({ impressions, widgetInteractions, sessions }) => impressions + widgetInteractions + sessions === 0,
        )
      }
      empty={{
        title: "No impressions yet",
        text: (
          <>
            The widget reports them. <Link href={paths.project(siteKey, "start")}>Put it on a page</Link>; sessions come
            with the <code>sessionId</code> of your events.
          </>
        ),
      }}
      chartOf={({ periods }): Chart<Activity> => ({
        ...periodsOf(periods, step, today),
        series: [
          {
            ...{ key: "impressions", title: "Impressions", kind: "line", colour: "var(--chart-3)" },
            value: ({ impressions }) => impressions,
          },
          {
            ...{ key: "interactions", title: "Interactions", kind: "line", colour: "var(--chart-1)", dash: "6 3" },
            value: ({ widgetInteractions }) => widgetInteractions,
          },
          {
            ...{ key: "sessions", title: "Sessions", kind: "line", colour: "var(--chart-2)", dash: "2 3" },
            value: ({ sessions }) => sessions,
          },
        ],
        format: formatNumber,
        tick: formatCompact,
      })}
    />
  );
}
