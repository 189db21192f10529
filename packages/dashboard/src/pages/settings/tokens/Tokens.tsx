import { useInfiniteQuery, useMutation } from "@connectrpc/connect-query";
import { useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { Scope, type Token } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { ConfirmDialog } from "../../../components/Dialog.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { LockIcon, PlusIcon, RefreshIcon, TrashIcon } from "../../../components/icons.tsx";
import { ListEnd } from "../../../components/ListEnd.tsx";
import { NeedsScope } from "../../../components/NeedsScope.tsx";
import { EmptyState } from "../../../components/States.tsx";
import { toastDone } from "../../../components/Toast.tsx";
import { useSession } from "../../../session.tsx";
import { ListSkeleton } from "../ListSkeleton.tsx";
import styles from "../Settings.module.css";
import { ShownOnce } from "../ShownOnce.tsx";
import { CreateToken } from "./CreateToken.tsx";
import { RotateToken } from "./RotateToken.tsx";
import { TokenTable } from "./TokenTable.tsx";

/** The tokens of a project: who may do what, and how to give and take it. */
export function Tokens({ siteKey }: { readonly siteKey: string }) {
  const { has } = useSession();
  return has(Scope.EVERYTHING) ? (
    <TokenList siteKey={siteKey} />
  ) : (
    <Card title="Tokens">
      <NeedsScope scope={Scope.EVERYTHING} to="see and make tokens" />
    </Card>
  );
}

/** What is being done, and to which token. */
type Action = { readonly kind: "create" } | { readonly kind: "rotate" | "revoke"; readonly token: Token };

function TokenList({ siteKey }: { readonly siteKey: string }) {
  const [action, setAction] = useState<Action>();
  const [secret, setSecret] = useState<string>();
  const query = useInfiniteQuery(
    AdminService.method.listTokens,
    { siteKey, pageToken: "" },
    { pageParamKey: "pageToken", getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined },
  );
  const { mutateAsync: revoke } = useMutation(AdminService.method.revokeToken);
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const create = (
    <Button icon={<PlusIcon />} onClick={() => setAction({ kind: "create" })}>
      New token
    </Button>
  );
  const close = () => setAction(undefined);

  return (
    <Card
      title="Tokens"
      about="A token lets a server or a person do what its scopes say, for this project alone. One can sign in here with it, too."
      actions={create}
      isFlush
    >
      <Framed query={query} skeleton={<ListSkeleton lines={3} />}>
        {({ pages }) => {
          const tokens = pages.flatMap((page) => page.tokens);
          return tokens.length === 0 ? (
            <EmptyState icon={<LockIcon />} title="No tokens yet">
              Make one for each server and each person, so that you can take it back from one of them alone.
            </EmptyState>
          ) : (
            <TokenTable
              tokens={tokens}
              actions={(token) => (
                <div className={styles.rowActions}>
                  <Button
                    kind="quiet"
                    icon={<RefreshIcon />}
                    aria-label={`Rotate ${token.name}`}
                    onClick={() => setAction({ kind: "rotate", token })}
                  />
                  <Button
                    kind="quiet"
                    icon={<TrashIcon />}
                    aria-label={`Revoke ${token.name}`}
                    onClick={() => setAction({ kind: "revoke", token })}
                  />
                </div>
              )}
            />
          );
        }}
      </Framed>
      {hasNextPage && (
        <ListEnd>
          <Button isBusy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        </ListEnd>
      )}
      <CreateToken siteKey={siteKey} isOpen={action?.kind === "create"} onClose={close} onSecret={setSecret} />
      <RotateToken token={action?.kind === "rotate" ? action.token : undefined} onClose={close} onSecret={setSecret} />
      <ConfirmDialog
        isOpen={action?.kind === "revoke"}
        onClose={close}
        title={`Revoke ${action?.kind === "revoke" ? action.token.name : "the token"}?`}
        about="Whoever uses it is refused from now on, and sessions that were begun with it end. This can't be undone."
        confirmLabel="Revoke token"
        onConfirm={async () => {
          if (action?.kind === "revoke") {
            await revoke({ tokenId: action.token.id });
            toastDone(`The token ${action.token.name} is revoked.`);
          }
        }}
      />
      <ShownOnce title="The token’s secret" secret={secret} onClose={() => setSecret(undefined)} />
    </Card>
  );
}
