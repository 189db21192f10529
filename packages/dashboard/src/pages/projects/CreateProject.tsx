import { useMutation } from "@connectrpc/connect-query";
import { type SubmitEvent, useState } from "react";
import { useLocation } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { ProjectSchema, WidgetSchema } from "#gen/streak/v1/project_pb.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog, DialogActions } from "../../components/Dialog.tsx";
import { TextAreaField, TextField } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { ZoneField } from "../../components/ZoneField.tsx";
import { messageFor, messageForNone } from "../../errors.ts";
import { limitsOf } from "../../limits.ts";
import { entriesOf, problemsOf } from "../../origins.ts";
import { paths } from "../../routes.ts";
import styles from "./Projects.module.css";

const FIELDS = [
  "project.name",
  "project.siteKey",
  "project.timeZone",
  "project.allowedOrigins",
  "project.widgets",
] as const;

const KEY = new RegExp(`^(?:${limitsOf(ProjectSchema, "siteKey").pattern})$`);

/** The dialog that makes a project, and leads to its start page. */
export default function CreateProject({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="New project">
      <CreateForm onClose={onClose} />
    </Dialog>
  );
}

function CreateForm({ onClose }: { readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [siteKey, setSiteKey] = useState("");
  const [event, setEvent] = useState("visit");
  const [timeZone, setTimeZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [origins, setOrigins] = useState("");
  const { mutateAsync, error, isPending, reset } = useMutation(AdminService.method.createProject);
  const entries = entriesOf(origins);
  const wrongOrigins = problemsOf(entries).join(" ");
  const isKeyWrong = siteKey.trim() !== "" && !KEY.test(siteKey.trim());
  const other = messageForNone(error, FIELDS);

  async function create(submitted: SubmitEvent) {
    submitted.preventDefault();
    const widgets = event.trim() === "" ? [] : [{ event: event.trim() }];
    const project = { name: name.trim(), siteKey: siteKey.trim(), timeZone, allowedOrigins: entries, widgets };
    const made = await mutateAsync({ project }).catch(() => undefined);
    if (made?.project !== undefined) {
      onClose();
      navigate(paths.project(made.project.siteKey, "start"));
    }
  }

  return (
    // What the server has refused holds until something is typed.
    <form className={styles.form} onSubmit={create} onChange={() => error && reset()}>
      <TextField
        label="Name"
        value={name}
        onValue={setName}
        maxLength={limitsOf(ProjectSchema, "name").maxLength}
        error={messageFor(error, "project.name")}
        placeholder="My app"
        autoComplete="off"
      />
      <TextField
        label="Key"
        hint="Letters, digits, _ and -. It is public and never changes. Leave it empty, and the server makes one."
        value={siteKey}
        onValue={setSiteKey}
        maxLength={limitsOf(ProjectSchema, "siteKey").maxLength}
        error={isKeyWrong ? "Only letters, digits, _ and -." : messageFor(error, "project.siteKey")}
        placeholder="my_app"
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        label="First event"
        hint="What users do once a day to keep their streak. You can add others later, on the page Widgets."
        value={event}
        onValue={setEvent}
        maxLength={limitsOf(WidgetSchema, "event").maxLength}
        error={messageFor(error, "project.widgets")}
        placeholder="visit"
        autoComplete="off"
        spellCheck={false}
      />
      <ZoneField
        label="Time zone"
        hint="It decides where a day begins, for users whose own zone is not known."
        value={timeZone}
        onValue={setTimeZone}
        error={messageFor(error, "project.timeZone")}
      />
      <TextAreaField
        label="Origins"
        hint="The sites whose pages may record events, one on each line. Servers need none."
        value={origins}
        onValue={setOrigins}
        error={wrongOrigins || messageFor(error, "project.allowedOrigins")}
        placeholder="https://app.example.com"
        spellCheck={false}
      />
      {other !== undefined && <Notice kind="bad">{other}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" isBusy={isPending} disabled={isKeyWrong || wrongOrigins !== ""}>
          Create project
        </Button>
      </DialogActions>
    </form>
  );
}
