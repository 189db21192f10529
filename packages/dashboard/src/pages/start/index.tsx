import { useState } from "react";
import { Link } from "wouter";
import { type Project, SignedUsers } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Card } from "../../components/Card.tsx";
import { CodeBlock } from "../../components/CodeBlock.tsx";
import { CopyButton } from "../../components/CopyButton.tsx";
import { SelectField, TextField } from "../../components/Field.tsx";
import { Framed } from "../../components/Framed.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Skeleton } from "../../components/States.tsx";
import { Tabs } from "../../components/Tabs.tsx";
import type { ProjectPageProps } from "../../project-page.ts";
import { useProject } from "../../projects.ts";
import { paths } from "../../routes.ts";
import { useSession } from "../../session.tsx";
import { FirstEvent } from "./FirstEvent.tsx";
import styles from "./Start.module.css";
import { FOR_PAGES, FOR_SERVERS, type Place, type Snippet } from "./snippets.ts";

/** The event of a project whose widgets the session may not see. */
const SOME_EVENT = "visit";

/** The page on which a project begins: what to paste where, and whether an event has come. */
export default function StartPage({ siteKey }: ProjectPageProps) {
  const { has } = useSession();
  const { project, ...query } = useProject(siteKey);
  return (
    <>
      <PageHeader
        title="Start"
        about={
          <span className={styles.key}>
            The project’s key is <code>{siteKey}</code>
            <CopyButton text={siteKey} label="Copy the key" isShort />
          </span>
        }
      />
      {has(Scope.PROJECT_MANAGE) ? (
        <Framed query={{ ...query, data: project }} skeleton={<StartSkeleton />}>
          {(read) => <Guide siteKey={siteKey} project={read} />}
        </Framed>
      ) : (
        <Guide siteKey={siteKey} project={undefined} />
      )}
    </>
  );
}

/** @param project undefined when the session may not read it */
function Guide({ siteKey, project }: { readonly siteKey: string; readonly project: Project | undefined }) {
  const events = project?.widgets.map((widget) => widget.event) ?? [SOME_EVENT];
  const [event, setEvent] = useState(events[0] ?? SOME_EVENT);
  const [user, setUser] = useState("user_1");
  const place: Place = { server: location.origin, siteKey, event, user: user || "user_1" };
  return (
    <div className={styles.page}>
      <FirstEvent siteKey={siteKey} />
      {project?.widgets.length === 0 && (
        <Notice kind="warn">
          The project counts no event yet. <Link href={paths.project(siteKey, "widgets")}>Add a widget</Link> for what
          your users do, such as <code>visit</code>.
        </Notice>
      )}
      <Card title="What to record" about="The lines below name this event and this user. Put your own user’s ID there.">
        <div className={styles.fields}>
          <SelectField
            label="Event"
            value={event}
            onValue={setEvent}
            options={(events.length === 0 ? [SOME_EVENT] : events).map((each) => ({ value: each, label: each }))}
          />
          <TextField label="User" value={user} onValue={setUser} autoComplete="off" spellCheck={false} />
        </div>
      </Card>
      <Card title="From your server or app" about="One call a day and user is enough; more change nothing.">
        <Snippets label="Language" snippets={FOR_SERVERS} place={place} />
        <SignedUsersNotice project={project} isForPages={false} />
      </Card>
      <Card
        title="From a page in the browser"
        about="The tag also shows the widget: the streak, the week, the next milestone."
      >
        <Snippets label="Way into the page" snippets={FOR_PAGES} place={place} />
        <SignedUsersNotice project={project} isForPages />
        {project !== undefined && <OriginsNotice siteKey={siteKey} origins={project.allowedOrigins} />}
      </Card>
    </div>
  );
}

function Snippets({
  label,
  snippets,
  place,
}: {
  readonly label: string;
  readonly snippets: readonly Snippet[];
  readonly place: Place;
}) {
  const [shown, setShown] = useState(snippets[0]?.name ?? "");
  return (
    <Tabs
      label={label}
      value={shown}
      onValue={setShown}
      tabs={snippets.map(({ name, before, code }) => ({
        value: name,
        label: name,
        content: (
          <div className={styles.snippet}>
            {before !== undefined && (
              <p className={styles.before}>
                First: <code>{before}</code>
              </p>
            )}
            <CodeBlock code={code(place)} label={`To paste: ${name}`} />
          </div>
        ),
      }))}
    />
  );
}

function SignedUsersNotice({
  project,
  isForPages,
}: {
  readonly project: Project | undefined;
  readonly isForPages: boolean;
}) {
  const isNeeded =
    project?.signedUsers === SignedUsers.ALWAYS || (isForPages && project?.signedUsers === SignedUsers.BROWSERS);
  return (
    isNeeded && (
      <div className={styles.notice}>
        <Notice kind="info">
          This project asks who the user is: add a user token in the header <code>X-User-Token</code>, which your server
          signs.
        </Notice>
      </div>
    )
  );
}

function OriginsNotice({ siteKey, origins }: { readonly siteKey: string; readonly origins: readonly string[] }) {
  const settings = <Link href={paths.project(siteKey, "settings")}>Settings</Link>;
  return (
    <div className={styles.notice}>
      {origins.length === 0 ? (
        <Notice kind="warn">No page may call for this project yet. Add the origin of yours in {settings}.</Notice>
      ) : (
        <p className={styles.origins}>
          Pages of {origins.join(", ")} may call. Others are refused; add them in {settings}.
        </p>
      )}
    </div>
  );
}

function StartSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label="Loading">
      <Skeleton height="5.5rem" />
      <Skeleton height="10rem" />
      <Skeleton height="15rem" />
      <Skeleton height="15rem" />
    </div>
  );
}
