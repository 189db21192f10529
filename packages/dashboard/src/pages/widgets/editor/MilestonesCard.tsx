import { useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { PlusIcon } from "../../../components/icons.tsx";
import type { PartProps } from "./CountingCard.tsx";
import { daysOf, type MilestoneDraft, newMilestone, sorted, unitOf } from "./draft.ts";
import styles from "./Editor.module.css";
import { MilestoneRow } from "./MilestoneRow.tsx";
import { MAX_MILESTONES } from "./problems.ts";

/** The milestones of a widget, the nearest first. */
export function MilestonesCard({ draft, set, problemAt }: PartProps) {
  const { milestones } = draft;
  const unit = unitOf(draft);
  const [added, setAdded] = useState<string>();

  function change(key: string, part: Partial<MilestoneDraft>) {
    set({ milestones: milestones.map((each) => (each.key === key ? { ...each, ...part } : each)) });
  }

  /** A number that is wrong stays where one types it. */
  function sortAfter({ target }: MilestoneDraft) {
    if (daysOf(target) !== undefined) {
      set({ milestones: sorted(milestones) });
    }
  }

  function add() {
    const milestone = newMilestone(draft);
    setAdded(milestone.key);
    set({ milestones: [...milestones, milestone] });
  }

  return (
    <Card
      title="Milestones"
      about={`Numbers of ${unit}s to celebrate. The widget shows how far it is to the next one.`}
      actions={
        <span className={styles.count}>
          {milestones.length} / {MAX_MILESTONES}
        </span>
      }
    >
      <div className={styles.fields}>
        {milestones.length === 0 ? (
          <p className={styles.none}>None yet: the widget then shows the streak alone.</p>
        ) : (
          <ol className={styles.milestones}>
            {milestones.map((milestone, place) => (
              <MilestoneRow
                key={milestone.key}
                milestone={milestone}
                place={place + 1}
                unit={unit}
                isNew={milestone.key === added}
                onChange={(part) => change(milestone.key, part)}
                onTyped={() => sortAfter(milestone)}
                onRemove={() => set({ milestones: milestones.filter(({ key }) => key !== milestone.key) })}
                problemAt={problemAt}
              />
            ))}
          </ol>
        )}
        <div>
          <Button icon={<PlusIcon />} onClick={add} disabled={milestones.length >= MAX_MILESTONES}>
            Add a milestone
          </Button>
        </div>
      </div>
    </Card>
  );
}
