import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Instance } from "#gen/streak/v1/system_service_pb.ts";
import { Card } from "../../components/Card.tsx";
import { Badge } from "../../components/Notice.tsx";
import { Table } from "../../components/Table.tsx";
import { formatDateTime, formatNumber, formatPercent } from "../../format.ts";
import { firstOf } from "./metrics/parse.ts";
import { growthOf, type Reports, sinceStart } from "./metrics/reports.ts";
import styles from "./System.module.css";
import { formatBytes, formatDuration, formatSeconds } from "./units.ts";

/** After how many seconds without a report an instance is shown as silent: two reports are missing then. */
const SILENT_SECONDS = 35;

/** The processes that serve, and how each is. */
export function Instances({
  instances,
  reports,
}: {
  readonly instances: readonly Instance[];
  readonly reports: Reports;
}) {
  const latest = Math.max(...instances.map(reportedAt));
  const metric = ({ id }: Instance, name: string) => {
    const report = reports.get(id)?.at(-1);
    return report && firstOf(report.metrics, name);
  };
  const count = (instance: Instance, name: string) => {
    const value = metric(instance, name);
    return value === undefined ? "–" : formatNumber(value);
  };
  return (
    <Card title="Instances" about="The processes that serve. Each reports every 15 seconds." isFlush>
      <Table
        caption="Instances"
        rows={instances}
        keyOf={({ id }) => id}
        columns={[
          {
            ...{ key: "host", title: "Host" },
            cell: (instance) => (
              <div className={styles.oneLine}>
                <strong>{instance.host}</strong> <span className={styles.quiet}>process {instance.processId}</span>
                <br />
                <Reported secondsAgo={(latest - reportedAt(instance)) / 1000} />
              </div>
            ),
          },
          {
            ...{ key: "version", title: "Version" },
            cell: ({ version, nodeVersion }) => (
              <div className={styles.oneLine}>
                {version}
                <br />
                <span className={styles.quiet}>Node {nodeVersion}</span>
              </div>
            ),
          },
          {
            ...{ key: "uptime", title: "Runs for" },
            cell: ({ startTime, ...instance }) =>
              startTime && (
                <span title={formatDateTime(startTime)}>
                  {formatDuration((reportedAt(instance) - timestampMs(startTime)) / 1000)}
                </span>
              ),
          },
          {
            ...{ key: "cpu", title: "CPU", isNumber: true },
            cell: (instance) => {
              const [span] = sinceStart(reports, [instance]);
              return span === undefined
                ? "–"
                : formatPercent(growthOf([span], "process_cpu_seconds_total") / span.seconds);
            },
          },
          {
            ...{ key: "memory", title: "Memory", isNumber: true },
            cell: (instance) => formatBytes(metric(instance, "process_resident_memory_bytes")),
          },
          {
            ...{ key: "delay", title: "Loop delay p99", isNumber: true },
            cell: (instance) => formatSeconds(metric(instance, "nodejs_eventloop_lag_p99_seconds")),
          },
          {
            ...{ key: "connections", title: "Connections", isNumber: true },
            cell: (instance) => count(instance, "streakd_connections"),
          },
          {
            ...{ key: "queue", title: "Queue", isNumber: true },
            cell: (instance) => count(instance, "streakd_queue_events"),
          },
        ]}
      />
    </Card>
  );
}

function Reported({ secondsAgo }: { readonly secondsAgo: number }) {
  if (secondsAgo > SILENT_SECONDS) {
    return <Badge kind="bad">Silent for {formatDuration(secondsAgo)}</Badge>;
  }
  return (
    <span className={styles.quiet}>
      {secondsAgo < 1 ? "reported just now" : `reported ${formatDuration(secondsAgo)} ago`}
    </span>
  );
}

function reportedAt({ reportTime }: Pick<Instance, "reportTime">): number {
  return reportTime === undefined ? 0 : timestampMs(reportTime);
}
