import { lazy, type ReactNode, Suspense, useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Framed, type Loading } from "../../../components/Framed.tsx";
import { EmptyState, Skeleton, SkeletonLines } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import styles from "./Chart.module.css";
import type { Chart } from "./chart.ts";

/** Recharts is most of the page's code, and comes while the numbers do. */
const SeriesChart = lazy(() => import("./SeriesChart.tsx")) as typeof import("./SeriesChart.tsx").default;

/** What stands where there is nothing to show. */
export interface Empty {
  readonly title: string;
  readonly text: ReactNode;
}

/** A query that keeps its data while it asks for others. */
export interface LoadingAgain<Data> extends Loading<Data> {
  readonly isPlaceholderData: boolean;
}

/** A card with a chart, and with the same numbers as a table. */
export interface ChartFrameProps<Data, Row> {
  readonly title: string;
  /** What exactly it shows, and in what unit. */
  readonly about: ReactNode;
  readonly query: LoadingAgain<Data>;
  readonly chartOf: (data: Data) => Chart<Row>;
  /** Asked only of what has come. */
  readonly isEmpty: (data: Data) => boolean;
  readonly empty: Empty;
  /** Whether the chart has several series, which a legend tells apart: it takes room before it is there. */
  readonly hasLegend?: boolean;
}

/** A card with a chart, or with what says why there is none. */
export function ChartFrame<Data, Row>({
  title,
  about,
  query,
  chartOf,
  isEmpty,
  empty,
  hasLegend = false,
}: ChartFrameProps<Data, Row>) {
  const [isTable, setTable] = useState(false);
  const { data } = query;
  const chart = data === undefined || isEmpty(data) ? undefined : chartOf(data);
  const plot = `${styles.plot} ${query.isPlaceholderData ? styles.updating : ""}`;
  return (
    <Card
      title={title}
      about={about}
      actions={chart !== undefined && <TableSwitch isTable={isTable} title={title} onChange={setTable} />}
    >
      <Framed query={query} skeleton={<SkeletonLines lines={1} height={hasLegend ? "16.97rem" : "15rem"} />}>
        {() =>
          chart === undefined ? (
            <EmptyState title={empty.title}>{empty.text}</EmptyState>
          ) : (
            <div className={styles.framed}>
              {hasLegend && <Legend chart={chart} />}
              {isTable ? (
                <ChartTable chart={chart} caption={title} className={`${plot} ${styles.table}`} />
              ) : (
                <div className={`${plot} ${styles.drawing}`}>
                  <Suspense fallback={<Skeleton height="100%" />}>
                    <SeriesChart chart={chart} label={title} />
                  </Suspense>
                </div>
              )}
            </div>
          )
        }
      </Framed>
    </Card>
  );
}

/** A button that shows a chart's numbers as a table, and back. */
function TableSwitch({
  isTable,
  title,
  onChange,
}: {
  readonly isTable: boolean;
  readonly title: string;
  readonly onChange: (isTable: boolean) => void;
}) {
  return (
    <Button kind="quiet" onClick={() => onChange(!isTable)}>
      <span className={styles.switch}>{isTable ? "Show as chart" : "Show as table"}</span>
      <span className="visually-hidden">: {title}</span>
    </Button>
  );
}

function Legend<Row>({ chart }: { readonly chart: Chart<Row> }) {
  return (
    <ul className={styles.legend}>
      {chart.series.map(({ key, title, colour }) => (
        <li key={key}>
          <span className={styles.swatch} style={{ background: colour }} />
          {title}
        </li>
      ))}
    </ul>
  );
}

function ChartTable<Row>({
  chart,
  caption,
  className,
}: {
  readonly chart: Chart<Row>;
  readonly caption: string;
  readonly className: string;
}) {
  const { rows, rowTitle, rowName, series, format, extra = [] } = chart;
  const columns: Column<Row>[] = [
    { key: "row", title: rowTitle, cell: rowName },
    ...series.map(({ key, title, value }) => ({
      ...{ key, title, isNumber: true },
      cell: (row: Row) => {
        const shown = value(row);
        return shown === undefined ? "–" : format(shown);
      },
    })),
    ...extra.map((column) => ({ ...column, isNumber: true })),
  ];
  return (
    <div className={className}>
      <Table caption={caption} columns={columns} rows={rows} keyOf={rowName} />
    </div>
  );
}
