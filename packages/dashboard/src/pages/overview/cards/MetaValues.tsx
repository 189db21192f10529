import { useState } from "react";
import { Link } from "wouter";
import { Card } from "../../../components/Card.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { EmptyState } from "../../../components/States.tsx";
import { plural } from "../../../format.ts";
import { paths } from "../../../routes.ts";
import { BarTable } from "../charts/BarTable.tsx";
import { Framed } from "../charts/ChartFrame.tsx";
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
  /** The keys that the project counts; undefined when the session may not see them. */
  readonly keys: readonly string[] | undefined;
}) {
  const [chosen, setChosen] = useState<string>();
  const key = keys?.find((each) => each === chosen) ?? keys?.[0] ?? "";
  const query = useMetaValues(subject, key);
  const values = query.data?.values.slice(0, SHOWN_VALUES);
  const rest = (query.data?.values.slice(SHOWN_VALUES) ?? []).reduce(
    (sum, { events }) => sum + events,
    query.data?.otherEvents ?? 0,
  );
  return (
    <Card
      title="Values of meta"
      about="What your events carry in meta: how many events of these months have each value."
      actions={
        keys !== undefined &&
        keys.length > 1 && (
          <SelectField
            label={<span className="visually-hidden">Key</span>}
            value={key}
            onValue={setChosen}
            options={keys.map((each) => ({ value: each, label: each }))}
          />
        )
      }
    >
      {keys === undefined || keys.length === 0 ? (
        <NoKeys siteKey={subject.siteKey} mayNotSee={keys === undefined} />
      ) : (
        <Framed
          query={query}
          height="15rem"
          empty={
            values && { title: `No event has “${key}” in these months`, text: "Send it in the meta of your events." }
          }
        >
          {values !== undefined && values.length > 0 && (
            <div className={styles.list}>
              <BarTable
                caption={`Values of ${key}`}
                nameTitle={key}
                valueTitles={["Events"]}
                rows={values.map(({ value, events }) => ({ key: value, name: value || "(empty)", values: [events] }))}
              />
              {rest > 0 && <p className={styles.quiet}>{plural(rest, "event has", "events have")} other values.</p>}
            </div>
          )}
        </Framed>
      )}
    </Card>
  );
}

function NoKeys({ siteKey, mayNotSee }: { readonly siteKey: string; readonly mayNotSee: boolean }) {
  return mayNotSee ? (
    <EmptyState title="The keys can’t be told">
      Which keys the project counts is for tokens with the scope <code>project:manage</code>.
    </EmptyState>
  ) : (
    <EmptyState title="No key is counted yet">
      Choose up to 5 keys of <code>meta</code> in the{" "}
      <Link href={`${paths.project(siteKey, "settings")}?tab=analytics`}>settings</Link>, such as <code>plan</code> or{" "}
      <code>country</code>.
    </EmptyState>
  );
}
