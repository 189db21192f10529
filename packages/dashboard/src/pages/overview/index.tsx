import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Link, useSearchParams } from "wouter";
import type { GetActivityResponse } from "#gen/streak/v1/analytics_service_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { StartIcon } from "../../components/icons.tsx";
import { NeedsScope } from "../../components/NeedsScope.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";

import { EmptyState } from "../../components/States.tsx";
import { formatRelative, plural } from "../../format.ts";

import type { ProjectPageProps } from "../../project-page.ts";
import { useProject } from "../../projects.ts";
import { paths } from "../../routes.ts";
import { useSession } from "../../session.tsx";
import { Charts } from "./Charts.tsx";
import { RefusedAttempts } from "./cards/RefusedAttempts.tsx";
import { Today, type Versus } from "./cards/Today.tsx";
import { Traffic } from "./cards/Traffic.tsx";
import { Usage } from "./cards/Usage.tsx";
import styles from "./Overview.module.css";
import { type Subject, useLastDays, useStreaks, useTomorrow } from "./queries.ts";
import { RangePicker } from "./range/RangePicker.tsx";
import { type Range, readRange, writeRange } from "./range/range.ts";

/** From which age on, in milliseconds, the page says how old its numbers are. */
const OLD_MS = 60_000;

/** The overview of a project: what its users do, what it uses, and what was refused. */
export default function OverviewPage({ siteKey }: ProjectPageProps) {
  const { has } = useSession();
  return (
    <>
      <PageHeader title="Overview" about={<code>{siteKey}</code>} />
      <div className={styles.page}>
        {has(Scope.ANALYTICS_READ) ? (
          <Analytics siteKey={siteKey} />
        ) : (
          <Card>
            <NeedsScope scope={Scope.ANALYTICS_READ} to="see what the users of the project do" />
          </Card>
        )}
        {has(Scope.PROJECT_MANAGE) && <Operations siteKey={siteKey} />}
      </div>
    </>
  );
}

function Analytics({ siteKey }: { readonly siteKey: string }) {
  const [search, setSearch] = useSearchParams();
  const range = readRange(search);
  const versus: Versus = search.get("versus") === "week" ? "week" : "yesterday";
  const write = (next: Range, nextVersus: Versus) =>
    setSearch({ ...writeRange(next), ...(nextVersus === "week" && { versus: "week" }) }, { replace: true });

  const subject = { siteKey, event: range.event };
  const { project, ...rest } = useProject(siteKey);
  const lastDays = useLastDays(subject);
  const streaks = useStreaks(subject);
  const today = lastDays.data?.periods.at(-1)?.isoDate;
  return (
    <>
      <Today lastDays={lastDays} streaks={streaks} versus={versus} onVersus={(next) => write(range, next)} />
      <RangePicker
        range={range}
        onRange={(next) => write(next, versus)}
        events={project?.widgets.map(({ event }) => event)}
        today={today}
      />
      <Age of={lastDays.data} />
      <Ahead subject={subject} today={today} />
      <Charts
        range={range}
        siteKey={siteKey}
        today={today}
        streaks={streaks}
        metaKeys={{ ...rest, data: project && (project.analytics?.metaKeys ?? []) }}
        nothingYet={<NothingYet siteKey={siteKey} />}
        hasNothingLately={lastDays.data !== undefined && isSilent(lastDays.data)}
      />
    </>
  );
}

/** What only those who manage the project may see. */
function Operations({ siteKey }: { readonly siteKey: string }) {
  return (
    <div className={styles.grid}>
      <div className={styles.column}>
        <Usage siteKey={siteKey} />
        <RefusedAttempts siteKey={siteKey} />
      </div>
      <Traffic siteKey={siteKey} />
    </div>
  );
}

/** Says how old the numbers are, when they are older than a minute. */
function Age({ of }: { readonly of: GetActivityResponse | undefined }) {
  const time = of?.countedTime;
  return time === undefined || Date.now() - timestampMs(time) < OLD_MS ? null : (
    <p className={styles.quiet} role="status">
      Counted {formatRelative(time)}: a large project is counted in the background.
    </p>
  );
}

/** Says how much is dated tomorrow already, by users whose zones are ahead of the project's. */
function Ahead({ subject, today }: { readonly subject: Subject; readonly today: string | undefined }) {
  const checkIns = useTomorrow(subject, today).data?.periods.at(-1)?.checkIns ?? 0;
  return checkIns === 0 ? null : (
    <p className={styles.quiet} role="status">
      {plural(checkIns, "check-in is", "check-ins are")} dated tomorrow already, in time zones ahead of the project’s.
    </p>
  );
}

function isSilent({ periods }: GetActivityResponse): boolean {
  return periods.every(({ checkIns, impressions, widgetInteractions }) => {
    return checkIns + impressions + widgetInteractions === 0;
  });
}

function NothingYet({ siteKey }: { readonly siteKey: string }) {
  return (
    <Card>
      <EmptyState
        icon={<StartIcon />}
        title="Nothing has been recorded yet"
        action={
          <Link href={paths.project(siteKey, "start")} className={buttonClass("primary")}>
            Record the first event
          </Link>
        }
      >
        When your app records what its users do, this page shows who comes back, how long streaks get, and when in the
        day they are kept up.
      </EmptyState>
    </Card>
  );
}
