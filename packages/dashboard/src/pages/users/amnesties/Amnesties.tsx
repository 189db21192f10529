import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { PlusIcon, ShieldIcon } from "../../../components/icons.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { todayIn } from "../../../dates.ts";
import { useProject } from "../../../projects.ts";
import { EntryList } from "../ledger/EntryList.tsx";
import ledger from "../ledger/Ledger.module.css";
import { AmnestyEntry } from "./AmnestyEntry.tsx";
import { MAX_AMNESTIES } from "./amnesties.ts";
import { DeclareDialog } from "./DeclareDialog.tsx";

/** The amnesties of a project, the newest first, and the way to declare one. */
export function Amnesties({ siteKey }: { readonly siteKey: string }) {
  const query = useQuery(AmnestyService.method.listAmnesties, { siteKey });
  const { project } = useProject(siteKey);
  const [isDeclaring, setDeclaring] = useState(false);
  // Whoever may not read the project sees the browser's own day.
  const today = todayIn(project?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const amnesties = query.data?.amnesties.toReversed();
  const count = amnesties?.length ?? 0;
  const room = count === 0 ? "" : ` ${count} of at most ${MAX_AMNESTIES}; those that were taken back are among them.`;
  const declare = (
    <Button icon={<PlusIcon />} onClick={() => setDeclaring(true)} disabled={count >= MAX_AMNESTIES}>
      Declare an amnesty…
    </Button>
  );
  return (
    <Card
      title="Amnesties"
      about={`Days on which nothing is asked of any user, such as those of an outage.${room}`}
      actions={count > 0 && <div className={ledger.actions}>{declare}</div>}
    >
      <Framed query={{ ...query, data: amnesties }} skeleton={<SkeletonLines lines={3} height="4rem" />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={<ShieldIcon />} title="No amnesties yet" action={declare}>
              Was there an outage? Then users could not do what they do every day, and their streaks have ended. Declare
              an amnesty for its days, and these streaks go on as if the days had not been asked for.
            </EmptyState>
          ) : (
            <EntryList entries={all}>
              {(amnesty) => <AmnestyEntry key={amnesty.amnestyId} {...{ siteKey, amnesty, today }} />}
            </EntryList>
          )
        }
      </Framed>
      <DeclareDialog {...{ siteKey, today }} isOpen={isDeclaring} onClose={() => setDeclaring(false)} />
    </Card>
  );
}
