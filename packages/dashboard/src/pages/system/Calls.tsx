import { Card } from "../../components/Card.tsx";
import { EmptyState } from "../../components/States.tsx";
import { Table } from "../../components/Table.tsx";
import { formatNumber, formatPercent } from "../../format.ts";
import { quantile } from "./metrics/histogram.ts";
import { type Labels, labelValues } from "./metrics/parse.ts";
import { growthOf, observed, rateOf, type Span } from "./metrics/reports.ts";
import styles from "./System.module.css";
import { formatRate, formatSeconds } from "./units.ts";

const CALLS = "streakd_requests_total";
const SECONDS = "streakd_request_seconds";

/** The calls of each method of the API: how many, how many failed, and how long they took. */
export function Calls({ spans }: { readonly spans: readonly Span[] }) {
  const methods = [...new Set(spans.flatMap(({ now }) => labelValues(now, CALLS, "method")))];
  const rows = methods
    .map((method) => {
      const isIt = (labels: Labels) => labels.method === method;
      const calls = growthOf(spans, CALLS, isIt);
      const refused = growthOf(spans, CALLS, (labels) => isIt(labels) && labels.code !== "OK");
      const histogram = observed(spans, SECONDS, isIt);
      return {
        ...{ method, calls, refused, rate: rateOf(spans, CALLS, isIt) },
        ...{ p50: quantile(0.5, histogram), p95: quantile(0.95, histogram) },
      };
    })
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls);
  return (
    <Card title="API calls" about="By method, over all protocols. Refused calls have any code but OK." isFlush>
      {rows.length === 0 ? (
        <EmptyState title="No calls">Calls appear here when somebody makes one.</EmptyState>
      ) : (
        <Table
          caption="API calls"
          rows={rows}
          keyOf={({ method }) => method}
          columns={[
            { key: "method", title: "Method", cell: ({ method }) => <code className={styles.method}>{method}</code> },
            { key: "calls", title: "Calls", isNumber: true, cell: ({ calls }) => formatNumber(calls) },
            { key: "rate", title: "Rate", isNumber: true, isExtra: true, cell: ({ rate }) => formatRate(rate) },
            {
              key: "refused",
              title: "Refused",
              isNumber: true,
              cell: ({ refused, calls }) => formatPercent(refused / calls),
            },
            { key: "p50", title: "p50", isNumber: true, isExtra: true, cell: ({ p50 }) => formatSeconds(p50) },
            { key: "p95", title: "p95", isNumber: true, cell: ({ p95 }) => formatSeconds(p95) },
          ]}
        />
      )}
    </Card>
  );
}
