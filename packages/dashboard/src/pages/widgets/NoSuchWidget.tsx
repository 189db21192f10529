import { Link } from "wouter";
import { buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { WidgetsIcon } from "../../components/icons.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { EmptyState } from "../../components/States.tsx";
import { paths } from "../../routes.ts";

/** What stands at the address of a widget that is not there. */
export function NoSuchWidget({ siteKey, event }: { readonly siteKey: string; readonly event: string }) {
  return (
    <>
      <PageHeader title="Widgets" about={<code>{siteKey}</code>} />
      <Card>
        <EmptyState
          icon={<WidgetsIcon />}
          title="There is no such widget."
          action={
            <Link href={paths.project(siteKey, "widgets")} className={buttonClass("secondary")}>
              All widgets
            </Link>
          }
        >
          No widget of the project counts the event <bdi>{event}</bdi>. Upper and lower case differ.
        </EmptyState>
      </Card>
    </>
  );
}
