import { useState } from "react";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import { useProject } from "../../../projects.ts";
import { useSession } from "../../../session.tsx";
import type { LedgerOwner } from "./change.ts";
import { Entries } from "./Entries.tsx";
import { repairEvents } from "./events.ts";
import { RepairDialog } from "./RepairDialog.tsx";
import { useLedger } from "./use-ledger.ts";

/**
 * The repairs of a user's streaks, and how to make one. Nothing where no streak can have repairs, and none was ever made.
 */
export function Repairs(owner: LedgerOwner) {
  const ledger = useLedger(owner, "repairs");
  const { has } = useSession();
  const { project } = useProject(owner.siteKey);
  const [isRepairing, setRepairing] = useState(false);
  // Until the project is there, nobody knows which of its rules have repairs.
  const isLoading = has(Scope.PROJECT_MANAGE) && project === undefined;
  const events = isLoading ? [] : repairEvents(owner.user, project);
  if (events.length === 0 && (ledger.data ?? []).length === 0) {
    return undefined;
  }
  return (
    <Card
      title="Repairs"
      about="A run that has ended goes on, if the rules allow it. What was decided stays in this list."
      actions={events.length === 0 ? undefined : <Button onClick={() => setRepairing(true)}>Repair…</Button>}
    >
      <Framed query={ledger} skeleton={<SkeletonLines lines={1} height="1.3125rem" />}>
        {(entries) => (
          <Entries {...owner} entries={entries} none="None. The user’s streaks have never been repaired." />
        )}
      </Framed>
      <RepairDialog {...{ ...owner, events }} isOpen={isRepairing} onClose={() => setRepairing(false)} />
    </Card>
  );
}
