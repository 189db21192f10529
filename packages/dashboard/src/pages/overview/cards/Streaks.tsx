import { Link } from "wouter";
import type { GetStreaksResponse } from "#gen/streak/v1/analytics_service_pb.ts";
import { formatCompact, formatNumber, plural } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { ChartFrame, type LoadingAgain } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { groupStreaks, type StreakGroup } from "../numbers/streak-groups.ts";
import { inUnit, unitTitle } from "../numbers/units.ts";
import { useUnits } from "../use-units.ts";

/** How long the streaks of today are. */
export function Streaks({
  query,
  siteKey,
  event,
}: {
  readonly query: LoadingAgain<GetStreaksResponse>;
  readonly siteKey: string;
  /** The event whose streaks they are; empty for all. */
  readonly event: string;
}) {
  const unit = useUnits(siteKey)(event);
  const alive = query.data?.alive;
  return (
    <ChartFrame
      title="Current streaks"
      about={`How long the streaks of today are, ${inUnit(unit)}.${alive ? ` ${plural(alive, "streak is", "streaks are")} alive.` : ""}`}
      query={query}
      isEmpty={() => alive === 0}
      empty={{
        title: "No streak is alive today",
        text: (
          <>
            A streak begins with a check-in for an event that has a{" "}
            <Link href={paths.project(siteKey, "widgets")}>widget</Link>.
          </>
        ),
      }}
      chartOf={({ lengths }): Chart<StreakGroup> => ({
        rows: groupStreaks(lengths),
        rowTitle: unitTitle(unit),
        rowName: ({ label }) => (unit === "various" ? label : `${label} ${unit}${label === "1" ? "" : "s"}`),
        rowTick: ({ shortLabel }) => shortLabel,
        series: [
          {
            ...{ key: "streaks", title: "Streaks", kind: "bar", colour: "var(--chart-1)" },
            value: ({ streaks }) => streaks,
          },
        ],
        format: formatNumber,
        tick: formatCompact,
      })}
    />
  );
}
