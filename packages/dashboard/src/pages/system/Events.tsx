import { DedupeCacheKind, type Instance } from "#gen/streak/v1/system_service_pb.ts";
import { Card } from "../../components/Card.tsx";
import { Stat, Stats } from "../../components/Stat.tsx";
import { formatNumber, formatPercent, plural } from "../../format.ts";
import { quantile } from "./metrics/histogram.ts";
import { growthOf, observed, type Span } from "./metrics/reports.ts";

const EVENTS = "streakd_events_total";

/** The path of events: how many came, how many were repeats, and how they were committed. */
export function Events({
  instances,
  spans,
}: {
  readonly instances: readonly Instance[];
  readonly spans: readonly Span[];
}) {
  const [stored, repeats, seen] = ["stored", "repeat", "seen"].map((outcome) =>
    growthOf(spans, EVENTS, (labels) => labels.outcome === outcome),
  ) as [number, number, number];
  const all = stored + repeats + seen;
  const commits = growthOf(spans, "streakd_batch_events_count");
  const inCommits = growthOf(spans, "streakd_batch_events_sum");
  const largest = quantile(0.95, observed(spans, "streakd_batch_events"));
  const isShared = instances.some(({ dedupeCache }) => dedupeCache === DedupeCacheKind.REDIS);
  return (
    <Card title="Events" about="What became of the events that were accepted.">
      <Stats>
        <Stat label="Accepted" value={formatNumber(all)} about={`${formatNumber(stored)} of them new`} />
        <Stat
          label="Dedupe hits"
          value={all === 0 ? "–" : formatPercent(seen / all)}
          about={isShared ? "told by memory or Redis" : "told by memory"}
        />
        <Stat label="Repeats in the store" value={formatNumber(repeats)} about="which the store told" />
        <Stat
          label="Events a commit"
          value={commits === 0 ? "–" : formatNumber(Math.round((10 * inCommits) / commits) / 10)}
          about={
            largest === undefined
              ? plural(commits, "commit", "commits")
              : `up to ${formatNumber(Math.ceil(largest))} in 95 of 100`
          }
        />
      </Stats>
    </Card>
  );
}
