import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { type Instance, SystemService } from "#gen/streak/v1/system_service_pb.ts";
import { Card } from "../../components/Card.tsx";
import { Choice } from "../../components/Choice.tsx";
import { Framed } from "../../components/Framed.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Stat, Stats } from "../../components/Stat.tsx";
import { EmptyState, Skeleton } from "../../components/States.tsx";
import { formatNumber, formatPercent, plural } from "../../format.ts";
import { Calls } from "./Calls.tsx";
import { Events } from "./Events.tsx";
import { Instances } from "./Instances.tsx";
import { quantile } from "./metrics/histogram.ts";
import { firstOf } from "./metrics/parse.ts";
import {
  addReports,
  growthOf,
  lately,
  observed,
  type Reports,
  rateOf,
  type Span,
  sinceStart,
} from "./metrics/reports.ts";
import { StoreCalls } from "./StoreCalls.tsx";
import styles from "./System.module.css";
import { formatRate, formatSeconds } from "./units.ts";

/** How often the page asks, in milliseconds. While it is hidden it does not ask. */
const INTERVAL_MS = 10_000;

type Since = "start" | "lately";

/** How the server does: its instances, their store, and the calls that they serve. */
export default function SystemPage() {
  const query = useQuery(SystemService.method.listInstances, {}, { refetchInterval: INTERVAL_MS, staleTime: 0 });
  const [since, setSince] = useState<Since>("start");
  return (
    <>
      <PageHeader
        title="System"
        about="How the server does. Refreshes every 10 seconds."
        actions={
          <Choice
            label="Count"
            value={since}
            onValue={setSince}
            options={[
              { value: "start", label: "Since the start" },
              { value: "lately", label: "Last 2 minutes" },
            ]}
          />
        }
      />
      <Framed query={query} skeleton={<SystemSkeleton />}>
        {({ instances }) => <Running instances={instances} since={since} error={query.error} />}
      </Framed>
    </>
  );
}

function SystemSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label="Loading">
      <Skeleton height="7rem" />
      <Skeleton height="12rem" />
      <Skeleton height="24rem" />
    </div>
  );
}

function Running({
  instances,
  since,
  error,
}: {
  readonly instances: readonly Instance[];
  readonly since: Since;
  readonly error: unknown;
}) {
  const reports = useReports(instances);
  const spans = since === "start" ? sinceStart(reports, instances) : lately(reports);
  return (
    <div className={styles.page}>
      {error != null && <Notice kind="bad">The server does not answer now. These are its last numbers.</Notice>}
      <Glance {...{ instances, reports, spans }} />
      <Instances instances={instances} reports={reports} />
      {spans.length === 0 ? (
        <Card>
          <EmptyState title="Counting…">The first numbers come with the next report, within 15 seconds.</EmptyState>
        </Card>
      ) : (
        <>
          <Events instances={instances} spans={spans} />
          <div className={styles.grid}>
            <Calls spans={spans} />
            <StoreCalls instances={instances} spans={spans} />
          </div>
        </>
      )}
    </div>
  );
}

/** Keeps the reports that have come while the page is open. */
function useReports(instances: readonly Instance[]): Reports {
  const [kept, setKept] = useState<{ readonly of: readonly Instance[]; readonly reports: Reports }>(() => ({
    of: instances,
    reports: addReports(new Map(), instances),
  }));
  if (kept.of === instances) {
    return kept.reports;
  }
  const reports = addReports(kept.reports, instances);
  setKept({ of: instances, reports });
  return reports;
}

function Glance({
  instances,
  reports,
  spans,
}: {
  readonly instances: readonly Instance[];
  readonly reports: Reports;
  readonly spans: readonly Span[];
}) {
  const calls = growthOf(spans, "streakd_requests_total");
  const failed = growthOf(spans, "streakd_requests_total", ({ code }) => code === "INTERNAL" || code === "OVERLOADED");
  const p95 = quantile(0.95, observed(spans, "streakd_request_seconds"));
  const queued = [...reports.values()].reduce((sum, kept) => {
    const report = kept.at(-1);
    return sum + ((report && firstOf(report.metrics, "streakd_queue_events")) ?? 0);
  }, 0);
  const versions = [...new Set(instances.map(({ version }) => version))];
  return (
    <Card>
      <Stats>
        <Stat
          label="Instances"
          value={formatNumber(instances.length)}
          about={versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(", ")}`}
        />
        <Stat
          label="Calls"
          value={spans.length === 0 ? "–" : formatRate(rateOf(spans, "streakd_requests_total"))}
          about={plural(calls, "call", "calls")}
        />
        <Stat label="Failed" value={calls === 0 ? "–" : formatPercent(failed / calls)} about="INTERNAL or OVERLOADED" />
        <Stat label="Answer time p95" value={formatSeconds(p95)} about="over all methods" />
        <Stat label="Queue" value={formatNumber(queued)} about="events wait for a commit" />
      </Stats>
    </Card>
  );
}
