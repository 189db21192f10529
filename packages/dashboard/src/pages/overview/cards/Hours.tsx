import { formatCompact, formatNumber } from "../../../format.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { type SubjectOfDays, useHours } from "../queries.ts";
import { NO_CHECK_INS } from "./texts.ts";

/** When in the day users check in. */
export function Hours({ subject }: { readonly subject: SubjectOfDays }) {
  return (
    <ChartFrame
      title="Hours of the day"
      about="When users check in, by the hour of their own clocks."
      query={useHours(subject)}
      isEmpty={({ checkIns }) => checkIns.every((count) => count === 0)}
      empty={NO_CHECK_INS}
      chartOf={({ checkIns }): Chart<{ hour: number; count: number }> => ({
        rows: checkIns.map((count, hour) => ({ hour, count })),
        rowTitle: "Hour",
        rowName: ({ hour }) => `${hour}:00 to ${hour}:59`,
        rowTick: ({ hour }) => `${hour}`,
        series: [
          {
            ...{ key: "checkIns", title: "Check-ins", kind: "bar", colour: "var(--chart-2)" },
            value: ({ count }) => count,
          },
        ],
        format: formatNumber,
        tick: formatCompact,
      })}
    />
  );
}
