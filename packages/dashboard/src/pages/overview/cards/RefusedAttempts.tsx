import { useQuery } from "@connectrpc/connect-query";
import { Link } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { AuditOutcome } from "#gen/streak/v1/audit_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { Table } from "../../../components/Table.tsx";
import { formatDateTime, formatNumber } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import styles from "../Overview.module.css";
import { Meaning } from "./Meaning.tsx";

/** How many entries of the log are looked through, and how many of what is found are shown. */
const LOOKED_THROUGH = 100;
const SHOWN = 5;

/** The latest attempts to read or change the project that were refused. */
export function RefusedAttempts({ siteKey }: { readonly siteKey: string }) {
  const query = useQuery(AdminService.method.listAuditEntries, { siteKey, pageSize: LOOKED_THROUGH });
  const log = <Link href={`${paths.project(siteKey, "settings")}?tab=audit`}>audit log</Link>;
  return (
    <Card title="Refused attempts" about={<>Calls with the project’s tokens that were refused, from the {log}.</>}>
      <Framed query={query} skeleton={<SkeletonLines lines={1} height="12rem" />}>
        {({ entries }) => {
          const refused = entries.filter(({ outcome }) => outcome === AuditOutcome.REFUSED).slice(0, SHOWN);
          return refused.length === 0 ? (
            <EmptyState title={`None among the last ${LOOKED_THROUGH} entries`}>
              Older ones may be in the {log}.
            </EmptyState>
          ) : (
            <div className={styles.flush}>
              <Table
                caption="Refused attempts"
                rows={refused}
                keyOf={({ id }) => id}
                columns={[
                  { key: "time", title: "Until", cell: ({ time }) => (time === undefined ? "" : formatDateTime(time)) },
                  {
                    ...{ key: "why", title: "Why" },
                    cell: ({ code }) => <Meaning code={code} />,
                  },
                  {
                    ...{ key: "by", title: "By", isExtra: true },
                    cell: ({ actor, actorName, address }) => (
                      <>
                        {actorName || actor}
                        <br />
                        <span className={styles.quiet}>{address}</span>
                      </>
                    ),
                  },
                  { key: "count", title: "Attempts", isNumber: true, cell: ({ count }) => formatNumber(count) },
                ]}
              />
            </div>
          );
        }}
      </Framed>
    </Card>
  );
}
