import { useState } from "react";
import { Link } from "wouter";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { SkeletonLines } from "../../../components/States.tsx";
import { amnestiesPath } from "../paths.ts";
import type { LedgerOwner } from "./change.ts";
import { EndDialog } from "./EndDialog.tsx";
import { Entries } from "./Entries.tsx";
import { canBeEnded } from "./entries.ts";
import styles from "./Ledger.module.css";
import { PauseDialog } from "./PauseDialog.tsx";
import { useLedger } from "./use-ledger.ts";

/** What was decided about the pauses of a user's streaks, and what one can decide. */
export function Pauses(owner: LedgerOwner) {
  const ledger = useLedger(owner, "pauses");
  const [dialog, setDialog] = useState<"pause" | "end">();
  const close = () => setDialog(undefined);
  return (
    <Card
      title="Pauses"
      about={
        <>
          On the days of a pause, nothing is asked of the user. What was decided stays in this list. For all users at
          once, such as after an outage, there are <Link href={amnestiesPath(owner.siteKey)}>amnesties</Link>.
        </>
      }
      actions={
        <div className={styles.actions}>
          {ledger.data?.some((each) => canBeEnded(each, owner.today)) && (
            <Button onClick={() => setDialog("end")}>End pauses…</Button>
          )}
          <Button onClick={() => setDialog("pause")}>Pause…</Button>
        </div>
      }
    >
      <Framed query={ledger} skeleton={<SkeletonLines lines={1} height="1.3125rem" />}>
        {(entries) => <Entries {...owner} entries={entries} none="None. The user’s streaks have never been paused." />}
      </Framed>
      <PauseDialog {...owner} isOpen={dialog === "pause"} onClose={close} />
      <EndDialog {...owner} isOpen={dialog === "end"} onClose={close} />
    </Card>
  );
}
