import type { SubmitEvent } from "react";
import { useLocation } from "wouter";
import { type Project, ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { ZoneField } from "../../../components/ZoneField.tsx";
import { messageFor } from "../../../errors.ts";
import { limitsOf } from "../../../limits.ts";
import { entriesOf, problemsOf } from "../../../origins.ts";
import { paths } from "../../../routes.ts";
import { useSession } from "../../../session.tsx";
import { useProjectForm } from "../project-form.ts";
import { SaveBar } from "../SaveBar.tsx";
import styles from "../Settings.module.css";
import { DeleteCard } from "./DeleteCard.tsx";
import { GENERAL, SIGNED_USERS, SIGNED_USERS_NAMES } from "./general-form.ts";
import { OriginsField } from "./OriginsField.tsx";

const FIELDS = ["project.name", "project.timeZone", "project.allowedOrigins", "project.signedUsers"];

/** The form about a project's name, zone, origins and users, and the button that deletes the project. */
export function GeneralSettings({ project }: { readonly project: Project }) {
  const session = useSession();
  const [, navigate] = useLocation();
  const form = useProjectForm(project, GENERAL);
  const { draft, set, error } = form;

  function save(event: SubmitEvent) {
    event.preventDefault();
    void form.save();
  }

  return (
    <div className={styles.page}>
      <form className={styles.form} onSubmit={save}>
        <Card title="Project">
          <div className={styles.form}>
            <div className={styles.row}>
              <TextField
                label="Name"
                value={draft.name}
                onValue={(name) => set({ name })}
                maxLength={limitsOf(ProjectSchema, "name").maxLength}
                error={messageFor(error, "project.name")}
                autoComplete="off"
              />
              <ZoneField
                label="Time zone"
                hint="For users whose own zone is not known."
                value={draft.timeZone}
                onValue={(timeZone) => set({ timeZone })}
                error={messageFor(error, "project.timeZone")}
              />
            </div>
            <SwitchField
              label="Live"
              hint="Widgets read whether the project is live. Events are counted in either case."
              isOn={draft.live}
              onChange={(live) => set({ live })}
            />
          </div>
        </Card>
        <Card
          title="Who may call"
          about="Servers may always call. Pages in browsers may if their origin is in the list."
        >
          <div className={styles.form}>
            <OriginsField
              value={draft.origins}
              onValue={(origins) => set({ origins })}
              error={messageFor(error, "project.allowedOrigins")}
            />
            <SelectField
              label="Signed users"
              hint="Before you ask for user tokens: make a signing secret, and let your pages send the tokens."
              value={draft.signedUsers}
              onValue={(signedUsers) => set({ signedUsers })}
              error={messageFor(error, "project.signedUsers")}
              options={SIGNED_USERS_NAMES.map((value) => ({ value, label: SIGNED_USERS[value].label }))}
            />
          </div>
        </Card>
        <SaveBar form={form} fields={FIELDS} isBlocked={problemsOf(entriesOf(draft.origins)).length > 0} />
      </form>
      {session.siteKey === undefined && session.has(Scope.EVERYTHING) && (
        <DeleteCard project={project} onDeleted={() => form.guard.pass(() => navigate(paths.projects()))} />
      )}
    </div>
  );
}
