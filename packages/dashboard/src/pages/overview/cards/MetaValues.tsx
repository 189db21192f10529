import { useState } from "react";
import { Link } from "wouter";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { Framed, type Loading } from "../../../components/Framed.tsx";
import { NeedsScope } from "../../../components/NeedsScope.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { plural } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { useSession } from "../../../session.tsx";
import { BarTable } from "../charts/BarTable.tsx";
import styles from "../Overview.module.css";
import { type SubjectOfDays, useMetaValues } from "../queries.ts";

/** How many values are shown. */
const SHOWN_VALUES = 12;

/** The values that events carry in their `meta`. */
export function MetaValues({
  subject,
  keys,
}: {
  readonly subject: SubjectOfDays;
  /** The keys that the project counts. */
  readonly keys: Loading<readonly string[]>;
}) {
  const { has } = useSession();
  const [chosen, setChosen] = useState<string>();
  const all = keys.data ?? [];
  const key = all.find((each) => each === chosen) ?? all[0] ?? "";
  return (
    <Card
      title="Values of meta"
      about="What your events carry in meta: how many events of these months have each value."
      actions={
        all.length > 1 && (
          <SelectField
            label={<span className="visually-hidden">Key</span>}
            value={key}
            onValue={setChosen}
            options={all.map((each) => ({ value: each, label: each }))}
          />
        )
      }
    >
      {has(Scope.PROJECT_MANAGE) ? (
        <Framed query={keys} skeleton={<ValuesSkeleton />}>
          {() => (key === "" ? <NoKeys siteKey={subject.siteKey} /> : <ValuesOf subject={subject} metaKey={key} />)}
        </Framed>
      ) : (
        <NeedsScope scope={Scope.PROJECT_MANAGE} to="see which keys the project counts" />
      )}
    </Card>
  );
}

function ValuesOf({ subject, metaKey }: { readonly subject: SubjectOfDays; readonly metaKey: string }) {
  const query = useMetaValues(subject, metaKey);
  return (
    <Framed query={query} skeleton={<ValuesSkeleton />}>
      {({ values, otherEvents }) => {
        const shown = values.slice(0, SHOWN_VALUES);
        const rest = values.slice(SHOWN_VALUES).reduce((sum, { events }) => sum + events, otherEvents);
        return shown.length === 0 ? (
          <EmptyState title={`No event has “${metaKey}” in these months`}>
            Send it in the meta of your events.
          </EmptyState>
        ) : (
          <div className={styles.list}>
            <BarTable
              caption={`Values of ${metaKey}`}
              nameTitle={metaKey}
              valueTitles={["Events"]}
              rows={shown.map(({ value, events }) => ({ key: value, name: value || "(empty)", values: [events] }))}
            />
            {rest > 0 && <p className={styles.quiet}>{plural(rest, "event has", "events have")} other values.</p>}
          </div>
        );
      }}
    </Framed>
  );
}

function ValuesSkeleton() {
  return <SkeletonLines lines={1} height="15rem" />;
}

function NoKeys({ siteKey }: { readonly siteKey: string }) {
  return (
    <EmptyState title="No key is counted yet">
      Choose up to 5 keys of <code>meta</code> in the{" "}
      <Link href={`${paths.project(siteKey, "settings")}?tab=analytics`}>settings</Link>, such as <code>plan</code> or{" "}
      <code>country</code>.
    </EmptyState>
  );
}
