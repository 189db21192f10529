import { type Instance, StoreKind } from "#gen/streak/v1/system_service_pb.ts";
import { Card } from "../../components/Card.tsx";
import { Notice } from "../../components/Notice.tsx";
import { EmptyState } from "../../components/States.tsx";
import { Table } from "../../components/Table.tsx";
import { formatNumber, plural } from "../../format.ts";
import { countOf, quantile } from "./metrics/histogram.ts";
import { labelValues } from "./metrics/parse.ts";
import { growthOf, observed, type Span } from "./metrics/reports.ts";
import styles from "./System.module.css";
import { formatSeconds } from "./units.ts";

const SECONDS = "streakd_store_seconds";
const NAMES: Readonly<Record<number, string>> = {
  [StoreKind.SQLITE]: "Embedded (SQLite)",
  [StoreKind.MONGODB]: "MongoDB",
};

/** How fast the store answers, by what it is asked. */
export function StoreCalls({
  instances,
  spans,
}: {
  readonly instances: readonly Instance[];
  readonly spans: readonly Span[];
}) {
  const kind = instances[0]?.store;
  const errors = growthOf(spans, "streakd_store_errors_total");
  const rows = [...new Set(spans.flatMap(({ now }) => labelValues(now, `${SECONDS}_count`, "method")))]
    .map((method) => {
      const histogram = observed(spans, SECONDS, (labels) => labels.method === method);
      const [p50, p95] = [quantile(0.5, histogram), quantile(0.95, histogram)];
      return { method, calls: countOf(histogram), p50, p95 };
    })
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls);
  return (
    <Card
      title={`Store: ${(kind !== undefined && NAMES[kind]) || "unknown"}`}
      about="How long it took to answer. record is the commit of a batch of events."
      isFlush
    >
      {errors > 0 && (
        <div className={styles.notice}>
          <Notice kind="warn">
            {plural(errors, "call of the store has", "calls of the store have")} failed. The log says why.
          </Notice>
        </div>
      )}
      {rows.length === 0 ? (
        <EmptyState title="No calls">The store was not asked for anything.</EmptyState>
      ) : (
        <Table
          caption="Calls of the store"
          rows={rows}
          keyOf={({ method }) => method}
          columns={[
            {
              key: "method",
              title: "Asked for",
              cell: ({ method }) => <code className={styles.method}>{method}</code>,
            },
            { key: "calls", title: "Calls", isNumber: true, cell: ({ calls }) => formatNumber(calls) },
            { key: "p50", title: "p50", isNumber: true, cell: ({ p50 }) => formatSeconds(p50) },
            { key: "p95", title: "p95", isNumber: true, cell: ({ p95 }) => formatSeconds(p95) },
          ]}
        />
      )}
    </Card>
  );
}
