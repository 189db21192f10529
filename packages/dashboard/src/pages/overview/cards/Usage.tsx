import { useQuery } from "@connectrpc/connect-query";
import { Link } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { MonthUsage } from "#gen/streak/v1/usage_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { Stat, Stats } from "../../../components/Stat.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import { formatNumber, formatPercent, plural } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { longPeriod } from "../numbers/periods.ts";
import styles from "../Overview.module.css";

/** What the project has used this month, and what its plan allows. */
export function Usage({ siteKey }: { readonly siteKey: string }) {
  const query = useQuery(AdminService.method.getUsage, { siteKey });
  const month = query.data?.months[0];
  return (
    <Card title="Usage" about={month && `${longPeriod(`${month.month}-01`, "month")}, so far`}>
      <Framed query={{ ...query, data: month }} skeleton={<SkeletonLines lines={1} height="11rem" />}>
        {(thisMonth) => <OfMonth month={thisMonth} siteKey={siteKey} />}
      </Framed>
    </Card>
  );
}

function OfMonth({ month, siteKey }: { readonly month: MonthUsage; readonly siteKey: string }) {
  const { activeStreakers, limit, daysDone, impressions, interactions, rejected } = month;
  const settings = `${paths.project(siteKey, "settings")}?tab=plan`;
  return (
    <div className={styles.stack}>
      {limit === undefined ? (
        <p>
          <strong className={styles.big}>{formatNumber(activeStreakers)}</strong> active{" "}
          {activeStreakers === 1 ? "streaker" : "streakers"}.{" "}
          <span className={styles.quiet}>
            The project has <Link href={settings}>no plan</Link>, so there is no limit.
          </span>
        </p>
      ) : (
        <div>
          <p>
            <strong className={styles.big}>{formatNumber(activeStreakers)}</strong> of {formatNumber(limit)} active
            streakers <span className={styles.quiet}>({formatPercent(limit === 0 ? 1 : activeStreakers / limit)})</span>
          </p>
          <Meter value={activeStreakers} max={limit} />
          <p className={styles.quiet}>
            The limit is that of the <Link href={settings}>plan</Link>.
          </p>
        </div>
      )}
      {rejected > 0 && (
        <Notice kind="warn">
          {plural(rejected, "event of a new user was", "events of new users were")} refused this month, because the
          plan’s limit is reached.
        </Notice>
      )}
      <Stats>
        <Stat label="Days done" value={formatNumber(daysDone)} />
        <Stat label="Impressions" value={formatNumber(impressions)} />
        <Stat label="Widget interactions" value={formatNumber(interactions)} />
      </Stats>
    </div>
  );
}

/** From which part on a limit is near. */
const NEAR = 0.8;

function Meter({ value, max }: { readonly value: number; readonly max: number }) {
  const part = max === 0 ? 1 : Math.min(1, value / max);
  const state = part >= 1 ? styles.over : part >= NEAR ? styles.near : "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> can't be styled in every browser.
    <div
      className={styles.meter}
      role="meter"
      aria-label="Active streakers of the plan"
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={Math.max(max, value)}
      aria-valuetext={`${formatNumber(value)} of ${formatNumber(max)}`}
    >
      <div className={state} style={{ width: `${100 * part}%` }} />
    </div>
  );
}
