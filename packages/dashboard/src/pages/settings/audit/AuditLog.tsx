import { useInfiniteQuery } from "@connectrpc/connect-query";
import { useDeferredValue, useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { type AuditEntry, ListAuditEntriesRequestSchema } from "#gen/streak/v1/audit_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { SearchIcon } from "../../../components/icons.tsx";
import { ListEnd } from "../../../components/ListEnd.tsx";
import { EmptyState } from "../../../components/States.tsx";
import { limitsOf } from "../../../limits.ts";
import { ListSkeleton } from "../ListSkeleton.tsx";
import log from "./AuditLog.module.css";
import { Entry } from "./Entry.tsx";

/** Who has changed what of a project, the newest first. */
export function AuditLog({ siteKey }: { readonly siteKey: string }) {
  const [actor, setActor] = useState("");
  const asked = useDeferredValue(actor.trim());
  const query = useInfiniteQuery(
    AdminService.method.listAuditEntries,
    { siteKey, actor: asked, pageToken: "" },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
    },
  );
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  return (
    <Card title="Audit log" about="Each change of the project, and each attempt that was refused." isFlush>
      <div className={log.filter}>
        <TextField
          label="Only by"
          hint="root for the admin token, anonymous, or the ID of a token."
          value={actor}
          onValue={setActor}
          maxLength={limitsOf(ListAuditEntriesRequestSchema, "actor").maxLength}
          placeholder="root"
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Framed query={query} skeleton={<ListSkeleton lines={5} />}>
        {({ pages }) => <Entries all={pages.flatMap(({ entries }) => entries)} actor={asked} onActor={setActor} />}
      </Framed>
      {hasNextPage && (
        <ListEnd>
          <Button isBusy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show older entries
          </Button>
        </ListEnd>
      )}
    </Card>
  );
}

function Entries({
  all,
  actor,
  onActor,
}: {
  readonly all: readonly AuditEntry[];
  readonly actor: string;
  readonly onActor: (actor: string) => void;
}) {
  if (all.length === 0) {
    return (
      <EmptyState icon={<SearchIcon />} title="No entries">
        {actor === "" ? "Nothing of this project has been changed yet." : "This actor has changed nothing of it."}
      </EmptyState>
    );
  }
  return (
    <ol className={log.entries}>
      {all.map((entry) => (
        <Entry key={entry.id} entry={entry} onActor={onActor} />
      ))}
    </ol>
  );
}
