import { useQuery } from "@connectrpc/connect-query";
import { Link } from "wouter";
import { type GetTrafficResponse, RateLimitSource, SystemService } from "#gen/streak/v1/system_service_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { Stat, Stats } from "../../../components/Stat.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { Table } from "../../../components/Table.tsx";
import { formatDateTime, formatNumber, formatPercent } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { remedyOf, splitCalls } from "../numbers/refusals.ts";
import styles from "../Overview.module.css";
import { Meaning } from "./Meaning.tsx";

/** How often the counts are read again while the page is seen, in milliseconds. */
const INTERVAL_MS = 30_000;

/** What became of the calls, how fast they may come, and what was refused and why. */
export function Traffic({ siteKey }: { readonly siteKey: string }) {
  const query = useQuery(SystemService.method.getTraffic, { siteKey }, { refetchInterval: INTERVAL_MS });
  const { data } = query;
  return (
    <Card
      title="Calls and refusals"
      about={data?.since && `Calls of this project since ${formatDateTime(data.since)}, when the server started.`}
    >
      <Framed query={query} skeleton={<SkeletonLines lines={1} height="18rem" />}>
        {(traffic) => <Counted traffic={traffic} siteKey={siteKey} />}
      </Framed>
    </Card>
  );
}

function Counted({ traffic, siteKey }: { readonly traffic: GetTrafficResponse; readonly siteKey: string }) {
  const { all, refused, refusedCalls } = splitCalls(traffic.calls);
  return (
    <div className={styles.stack}>
      <Stats>
        <Stat label="Calls" value={formatNumber(all)} />
        <Stat
          label="Refused"
          value={formatNumber(refusedCalls)}
          about={all > 0 ? `${formatPercent(refusedCalls / all)} of all` : undefined}
        />
        <Stat label="Rate limit" {...limitOf(traffic)} />
      </Stats>
      {!traffic.isCounted && (
        <Notice kind="info">
          There may be more calls: the server counts 100 projects apart, those that are called first after its start.
        </Notice>
      )}
      {refused.length === 0 ? (
        <EmptyState title="Nothing was refused">Refused calls appear here, with the reason and what to do.</EmptyState>
      ) : (
        <div className={styles.flush}>
          <Table
            caption="Refused calls"
            rows={refused}
            keyOf={({ method, code }) => `${method} ${code}`}
            columns={[
              {
                ...{ key: "reason", title: "Why" },
                cell: ({ code }) => <Why code={code} siteKey={siteKey} />,
              },
              { key: "method", title: "Method", isExtra: true, cell: ({ method }) => <code>{method}</code> },
              { key: "calls", title: "Calls", isNumber: true, cell: ({ calls }) => formatNumber(calls) },
            ]}
          />
        </div>
      )}
    </div>
  );
}

function Why({ code, siteKey }: { readonly code: string; readonly siteKey: string }) {
  const remedy = remedyOf(code);
  return (
    <Meaning code={code}>
      {remedy !== undefined && (
        <Link href={`${paths.project(siteKey, remedy.page)}${remedy.tab === undefined ? "" : `?tab=${remedy.tab}`}`}>
          {remedy.label}
        </Link>
      )}
    </Meaning>
  );
}

function limitOf({ rateLimit, rateLimitSource }: GetTrafficResponse) {
  if (rateLimit === undefined) {
    return { value: "None", about: "calls come as fast as they like" };
  }
  const from = rateLimitSource === RateLimitSource.PROJECT ? "the project’s own" : "the server’s setting RATE_LIMIT";
  return {
    value: `${formatNumber(rateLimit.requestsPerSecond)}/s`,
    about: `${formatNumber(rateLimit.burst)} at once; ${from}`,
  };
}
