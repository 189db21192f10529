import { Link } from "wouter";
import { buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { WidgetsIcon } from "../../components/icons.tsx";
import { EmptyState } from "../../components/States.tsx";
import { MODES } from "./modes.ts";
import { newWidgetPath } from "./paths.ts";
import { SUGGESTIONS } from "./suggestions.ts";
import styles from "./Widgets.module.css";

/** What stands where a project has no widget: how to begin. */
export function FirstWidget({ siteKey }: { readonly siteKey: string }) {
  return (
    <Card>
      <EmptyState
        icon={<WidgetsIcon />}
        title="Add your first widget"
        action={
          <Link href={newWidgetPath(siteKey)} className={buttonClass("primary")}>
            Add a widget
          </Link>
        }
      >
        A widget counts the days of one event: something that people do once a day. Without one, every event is refused.
      </EmptyState>
      <ul className={styles.suggestions} aria-label="Suggestions">
        {SUGGESTIONS.map(({ event, mode, about }) => (
          <li key={event}>
            <Link href={newWidgetPath(siteKey, event)} className={styles.suggestion}>
              <strong>{event}</strong>
              <span>{about}</span>
              <span>{MODES[mode].label}, with three milestones</span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
