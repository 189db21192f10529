import { useMutation } from "@connectrpc/connect-query";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { queryClient } from "../../client.ts";
import { ConfirmDialog } from "../../components/Dialog.tsx";
import { toastDone } from "../../components/Toast.tsx";
import { isProblem } from "../../errors.ts";

/** Asks before a widget is removed. */
export function RemoveWidget({
  project,
  event,
  onClose,
}: {
  readonly project: Project;
  /** The event of the widget; undefined when none is to be removed. */
  readonly event: string | undefined;
  readonly onClose: () => void;
}) {
  const { mutateAsync } = useMutation(AdminService.method.updateProject);
  const { siteKey, etag, widgets } = project;

  async function remove() {
    const left = widgets.filter((widget) => widget.event !== event);
    try {
      await mutateAsync({ project: { siteKey, etag, widgets: left }, updateMask: { paths: ["widgets"] } });
    } catch (error) {
      if (isProblem(error, "ETAG_MISMATCH")) {
        await queryClient.invalidateQueries();
        throw new Error(
          "Somebody else has changed the project meanwhile. The list behind this shows it as it is now.",
          {
            cause: error,
          },
        );
      }
      throw error;
    }
    toastDone("The widget is removed.");
  }

  return (
    <ConfirmDialog
      isOpen={event !== undefined}
      onClose={onClose}
      title="Remove this widget?"
      about={
        <>
          Pages show it no more, and the event{" "}
          <strong>
            <bdi>{event}</bdi>
          </strong>{" "}
          is refused from now on. The days are kept: when you add a widget for{" "}
          <strong>
            <bdi>{event}</bdi>
          </strong>{" "}
          again, every streak is there again.
        </>
      }
      confirmLabel="Remove widget"
      onConfirm={remove}
    />
  );
}
