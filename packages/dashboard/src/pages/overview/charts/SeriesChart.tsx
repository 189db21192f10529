import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from "recharts";
import styles from "./Chart.module.css";
import type { Chart, Series } from "./chart.ts";

/** Draws a chart of bars, lines and areas. It takes the size of its parent. With the focus, the arrow keys go through it. */
export default function SeriesChart<Row>({ chart, label }: { readonly chart: Chart<Row>; readonly label: string }) {
  const { rows, rowName, rowTick = rowName, series, drawn = rows.length, max } = chart;
  const ticks = new Map(rows.map((row) => [rowName(row), rowTick(row)]));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={rows.slice(0, drawn)}
        margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        title={label}
        maxBarSize={48}
      >
        <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
        <XAxis
          dataKey={rowName}
          tickFormatter={(name) => ticks.get(name) ?? ""}
          stroke="var(--border)"
          tick={{ fill: "var(--muted)", fontSize: 12 }}
          tickLine={false}
          tickMargin={8}
          minTickGap={8}
          interval="equidistantPreserveStart"
        />
        <YAxis
          tickFormatter={chart.tick}
          domain={[0, max ?? "auto"]}
          allowDecimals={max !== undefined}
          axisLine={false}
          tickLine={false}
          tick={{ fill: "var(--muted)", fontSize: 12 }}
          width={44}
        />
        <Tooltip
          cursor={{ fill: "var(--hover)", fillOpacity: 0.7, stroke: "var(--border)" }}
          isAnimationActive={false}
          content={(props) => <Details {...props} chart={chart} />}
        />
        {series.map(elementOf)}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function elementOf<Row>({ key, title, kind, colour, value, stack, dash }: Series<Row>) {
  const shared = { dataKey: value, name: title, isAnimationActive: false };
  switch (kind) {
    case "bar":
      return <Bar key={key} {...shared} fill={colour} {...(stack !== undefined && { stackId: stack })} />;
    case "line":
      return (
        <Line
          key={key}
          {...shared}
          stroke={colour}
          strokeWidth={2}
          dot={false}
          activeDot={{ r: 4, strokeWidth: 0, fill: colour }}
          connectNulls
          {...(dash !== undefined && { strokeDasharray: dash })}
        />
      );
    case "area":
      return (
        <Area key={key} {...shared} stroke={colour} strokeWidth={2} fill={colour} fillOpacity={0.14} connectNulls />
      );
  }
}

/** What the row under the pointer holds. */
function Details<Row>({ active, payload, chart }: TooltipContentProps & { readonly chart: Chart<Row> }) {
  const row: Row | undefined = payload?.[0]?.payload;
  if (!active || row === undefined) {
    return null;
  }
  return (
    <div className={styles.details}>
      <p className={styles.detailsTitle}>{chart.rowName(row)}</p>
      <dl>
        {chart.series.map(({ key, title, colour, value }) => {
          const shown = value(row);
          return (
            <div key={key}>
              <dt>
                <span className={styles.swatch} style={{ background: colour }} />
                {title}
              </dt>
              <dd>{shown === undefined ? "–" : chart.format(shown)}</dd>
            </div>
          );
        })}
        {chart.extra?.map(({ key, title, cell }) => (
          <div key={key}>
            <dt>
              <span className={styles.noSwatch} />
              {title}
            </dt>
            <dd>{cell(row)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
