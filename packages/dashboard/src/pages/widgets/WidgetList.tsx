import { useState } from "react";
import { Link } from "wouter";
import { type Project, ProjectSchema, type Widget } from "#gen/streak/v1/project_pb.ts";
import { Button, buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { PlusIcon, TrashIcon } from "../../components/icons.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatNumber } from "../../format.ts";
import { limitsOf } from "../../limits.ts";
import { toRulesDraft } from "../../rules/draft.ts";
import { cumulativeInWords, rulesInWords } from "../../rules/words.ts";
import { FirstWidget } from "./FirstWidget.tsx";
import { MODES, modeName } from "./modes.ts";
import { newWidgetPath, widgetPath } from "./paths.ts";
import { RemoveWidget } from "./RemoveWidget.tsx";
import { colorsOf, readTheme } from "./themes.ts";
import styles from "./Widgets.module.css";

/** The most widgets of a project. */
const MAX_WIDGETS = limitsOf(ProjectSchema, "widgets").maxItems;

/** All widgets of a project. */
export function WidgetList({ project }: { readonly project: Project }) {
  const { siteKey, widgets } = project;
  const isFull = widgets.length >= MAX_WIDGETS;
  return (
    <>
      <PageHeader
        title="Widgets"
        about={<code>{siteKey}</code>}
        actions={
          widgets.length > 0 &&
          !isFull && (
            <Link href={newWidgetPath(siteKey)} className={buttonClass("primary")}>
              <PlusIcon />
              Add a widget
            </Link>
          )
        }
      />
      {widgets.length === 0 ? (
        <FirstWidget siteKey={siteKey} />
      ) : (
        <Card
          title={`${widgets.length} of at most ${MAX_WIDGETS} widgets`}
          about="Each counts the days of one event, and shows them to your visitors."
          isFlush
        >
          <WidgetTable project={project} />
        </Card>
      )}
    </>
  );
}

function WidgetTable({ project }: { readonly project: Project }) {
  const [removing, setRemoving] = useState<string>();
  const columns: Column<Widget>[] = [
    {
      key: "event",
      title: "Event",
      cell: ({ event }) => (
        <Link href={widgetPath(project.siteKey, event)} className={styles.event}>
          <bdi>{event}</bdi>
        </Link>
      ),
    },
    { key: "mode", title: "Counting", cell: ({ mode }) => MODES[modeName(mode)].label },
    {
      key: "rules",
      title: "Rules",
      isExtra: true,
      cell: (widget) => <bdi>{wordsOf(widget)}</bdi>,
    },
    {
      key: "milestones",
      title: "Milestones",
      isNumber: true,
      isExtra: true,
      cell: ({ milestones }) => formatNumber(milestones.length),
    },
    {
      key: "theme",
      title: "Theme",
      isExtra: true,
      cell: ({ settings }) => <Theme theme={settings?.theme?.name ?? ""} />,
    },
    {
      key: "remove",
      title: <span className="visually-hidden">Remove</span>,
      isNumber: true,
      cell: ({ event }) => (
        <Button kind="quiet" icon={<TrashIcon />} aria-label={`Remove ${event}`} onClick={() => setRemoving(event)} />
      ),
    },
  ];
  return (
    <>
      <Table caption="Widgets" columns={columns} rows={project.widgets} keyOf={({ event }) => event} />
      <RemoveWidget project={project} event={removing} onClose={() => setRemoving(undefined)} />
    </>
  );
}

/** The rules that decide something. */
function wordsOf({ mode, rules }: Widget): string {
  const draft = toRulesDraft(rules);
  return modeName(mode) === "cumulative" ? cumulativeInWords(draft) : rulesInWords(draft);
}

function Theme({ theme }: { readonly theme: string }) {
  return (
    <span className={styles.theme} style={colorsOf(theme)}>
      <span className={styles.dot} />
      <bdi>{readTheme(theme).isKnown ? theme : `${readTheme(theme).name} (${theme})`}</bdi>
    </span>
  );
}
