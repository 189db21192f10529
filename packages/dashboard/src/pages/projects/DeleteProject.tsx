import { useMutation } from "@connectrpc/connect-query";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { ConfirmDialog } from "../../components/Dialog.tsx";
import { toastDone } from "../../components/Toast.tsx";

/** The dialog that deletes a project, after one has typed its key. */
export default function DeleteProject({
  project: { siteKey, name },
  onClose,
  onDeleted,
}: {
  readonly project: Project;
  readonly onClose: () => void;
  /** Is told before anything is read again. */
  readonly onDeleted?: () => void;
}) {
  const { mutateAsync } = useMutation(AdminService.method.deleteProject, { onSuccess: () => onDeleted?.() });

  async function deleteIt() {
    await mutateAsync({ siteKey });
    toastDone(`The project ${siteKey} is deleted.`);
  }

  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete ${name}?`}
      about="Its users, their streaks and all that was recorded are deleted with it. This can’t be undone."
      typed={siteKey}
      confirmLabel="Delete project"
      onConfirm={deleteIt}
    />
  );
}
