import { useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import { useProject } from "../../../projects.ts";
import type { LedgerOwner } from "./change.ts";
import { Entries } from "./Entries.tsx";
import { isOptOut } from "./entries.ts";
import { freezeEvents } from "./events.ts";
import { GrantDialog } from "./GrantDialog.tsx";
import styles from "./Ledger.module.css";
import { OptDialog } from "./OptDialog.tsx";
import { useLedger } from "./use-ledger.ts";

/**
 * What was decided about the freezes of a user's streaks, and what one can decide. Nothing where no streak has freezes,
 * and nothing was ever decided.
 */
export function Freezes(owner: LedgerOwner) {
  const ledger = useLedger(owner, "freezes");
  const { project } = useProject(owner.siteKey);
  const events = freezeEvents(owner.user, project);
  const [dialog, setDialog] = useState<"grant" | "out" | "in">();
  const close = () => setDialog(undefined);
  const hasFreezes = events.length > 0;
  if (!hasFreezes && (ledger.data ?? []).length === 0) {
    return undefined;
  }
  return (
    <Card
      title="Freezes"
      about="A freeze covers a miss by itself, so that the streak goes on. What was decided stays in this list."
      actions={
        <div className={styles.actions}>
          {ledger.data?.some(isOptOut) && <Button onClick={() => setDialog("in")}>Opt in…</Button>}
          {hasFreezes && (
            <>
              <Button onClick={() => setDialog("out")}>Opt out…</Button>
              <Button onClick={() => setDialog("grant")}>Grant freezes…</Button>
            </>
          )}
        </div>
      }
    >
      <Framed query={ledger} skeleton={<SkeletonLines lines={1} height="1.3125rem" />}>
        {(entries) => <Entries {...owner} entries={entries} none="None were granted. The user may have earned some." />}
      </Framed>
      <GrantDialog {...{ ...owner, events }} isOpen={dialog === "grant"} onClose={close} />
      <OptDialog {...{ ...owner, events }} to="out" isOpen={dialog === "out"} onClose={close} />
      <OptDialog {...{ ...owner, events }} to="in" isOpen={dialog === "in"} onClose={close} />
    </Card>
  );
}
