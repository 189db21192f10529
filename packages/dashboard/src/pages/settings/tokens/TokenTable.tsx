import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ReactNode } from "react";
import type { Token } from "#gen/streak/v1/token_pb.ts";
import { Badge } from "../../../components/Notice.tsx";
import { type Column, Table } from "../../../components/Table.tsx";
import { formatDate, formatRelative } from "../../../format.ts";
import { scopeName } from "../../../scopes.ts";
import styles from "../Settings.module.css";

/** Tokens, with their scopes, their ages and what can be done with each. */
export function TokenTable({
  tokens,
  actions,
}: {
  readonly tokens: readonly Token[];
  readonly actions: (token: Token) => ReactNode;
}) {
  const columns: Column<Token>[] = [
    {
      key: "name",
      title: "Token",
      cell: ({ name, prefix }) => (
        <>
          <strong>{name}</strong>
          <br />
          <code className={styles.muted}>{prefix}…</code>
        </>
      ),
    },
    { key: "scopes", title: "Scopes", cell: ({ scopes }) => scopes.map(scopeName).join(", ") },
    {
      key: "used",
      title: "Last used",
      isExtra: true,
      cell: ({ lastUseTime }) => (lastUseTime === undefined ? "never" : formatRelative(lastUseTime)),
    },
    { key: "expires", title: "Expires", isExtra: true, cell: (token) => <Expiry token={token} /> },
    { key: "actions", title: <span className="visually-hidden">Actions</span>, isNumber: true, cell: actions },
  ];
  return <Table caption="Tokens" columns={columns} rows={tokens} keyOf={({ id }) => id} />;
}

function Expiry({ token: { expireTime } }: { readonly token: Token }) {
  if (expireTime === undefined) {
    return "never";
  }
  return timestampDate(expireTime).getTime() <= Date.now() ? <Badge kind="bad">Expired</Badge> : formatDate(expireTime);
}
