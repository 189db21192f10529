import { useMutation } from "@connectrpc/connect-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { ConfirmDialog } from "../../../components/Dialog.tsx";
import { toastDone } from "../../../components/Toast.tsx";
import { paths } from "../../../routes.ts";
import styles from "../Settings.module.css";

/** The button that deletes the project, after one has typed its key. */
export function DeleteProject({ project: { siteKey, name } }: { readonly project: Project }) {
  const [isAsking, setAsking] = useState(false);
  const [, navigate] = useLocation();
  const { mutateAsync } = useMutation(AdminService.method.deleteProject);

  async function deleteIt() {
    // Away first: this page would read the project again, which is gone.
    await mutateAsync({ siteKey }, { onSuccess: () => navigate(paths.projects()) });
    toastDone(`The project ${siteKey} is deleted.`);
  }

  return (
    <Card title="Delete the project">
      <div className={styles.danger}>
        <p className={styles.muted}>Its users and their streaks are deleted with it. This can’t be undone.</p>
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete project
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Delete ${name}?`}
        about="Its users, their streaks and all that was recorded are deleted with it. This can't be undone."
        typed={siteKey}
        confirmLabel="Delete project"
        onConfirm={deleteIt}
      />
    </Card>
  );
}
