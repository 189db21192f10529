import { useMutation, useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { SigningSecret } from "#gen/streak/v1/signing_secret_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { ConfirmDialog } from "../../../components/Dialog.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { LockIcon, PlusIcon, TrashIcon } from "../../../components/icons.tsx";
import { EmptyState } from "../../../components/States.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { toastDone, toastError } from "../../../components/Toast.tsx";
import { formatDateTime } from "../../../format.ts";
import { ListSkeleton } from "../ListSkeleton.tsx";
import { ShownOnce } from "../ShownOnce.tsx";

/** The secrets with which a project's servers sign tokens of its users. */
export function SigningSecrets({ siteKey }: { readonly siteKey: string }) {
  const [secret, setSecret] = useState<string>();
  const [deleting, setDeleting] = useState<SigningSecret>();
  const query = useQuery(AdminService.method.listSigningSecrets, { siteKey });
  const { mutateAsync: make, isPending } = useMutation(AdminService.method.createSigningSecret);
  const { mutateAsync: deleteSecret } = useMutation(AdminService.method.deleteSigningSecret);

  async function create() {
    try {
      setSecret((await make({ siteKey })).signingSecret?.secret);
    } catch (thrown) {
      toastError(thrown);
    }
  }

  const columns: Column<SigningSecret>[] = [
    { key: "prefix", title: "Secret", cell: ({ prefix }) => <code>{prefix}…</code> },
    {
      key: "created",
      title: "Made",
      cell: ({ createTime }) => (createTime === undefined ? "" : formatDateTime(createTime)),
    },
    {
      key: "actions",
      title: <span className="visually-hidden">Delete</span>,
      isNumber: true,
      cell: (each) => (
        <Button
          kind="quiet"
          icon={<TrashIcon />}
          aria-label={`Delete ${each.prefix}`}
          onClick={() => setDeleting(each)}
        />
      ),
    },
  ];
  return (
    <Card
      title="Signing secrets"
      about="Your servers sign user tokens and alias tokens with them. To change one without a break: make a new one, let your servers use it, then delete the old one."
      actions={
        <Button icon={<PlusIcon />} isBusy={isPending} onClick={create}>
          New secret
        </Button>
      }
      isFlush
    >
      <Framed query={query} skeleton={<ListSkeleton lines={2} />}>
        {({ signingSecrets }) =>
          signingSecrets.length === 0 ? (
            <EmptyState icon={<LockIcon />} title="No signing secrets">
              You need one only for signed users and for linking visitors from your server.
            </EmptyState>
          ) : (
            <Table caption="Signing secrets" columns={columns} rows={signingSecrets} keyOf={({ id }) => id} />
          )
        }
      </Framed>
      <ConfirmDialog
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={`Delete ${deleting?.prefix ?? "the secret"}…?`}
        about="Tokens that were signed with it are refused from now on. This can't be undone."
        confirmLabel="Delete secret"
        onConfirm={async () => {
          await deleteSecret({ siteKey, signingSecretId: deleting?.id ?? "" });
          toastDone("The signing secret is deleted.");
        }}
      />
      <ShownOnce title="The signing secret" secret={secret} onClose={() => setSecret(undefined)} />
    </Card>
  );
}
