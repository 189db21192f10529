import { useEffect, useRef, useState } from "react";
import { MilestoneSchema } from "#gen/streak/v1/project_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { TextField } from "../../../components/Field.tsx";
import { TrashIcon } from "../../../components/icons.tsx";
import { formatNumber } from "../../../format.ts";
import { limitsOf } from "../../../limits.ts";
import { UNIT_WORDS, type Unit } from "../../../rules/units.ts";
import { AwardFields } from "./AwardFields.tsx";
import { DEFAULTS, type MilestoneDraft } from "./draft.ts";
import styles from "./Editor.module.css";
import { TARGET } from "./problems.ts";
import { SCOPES } from "./scopes.ts";
import type { ProblemAt } from "./widget-form.ts";

/** One milestone. What a page's scripts read is folded away. */
export function MilestoneRow({
  milestone,
  place,
  unit,
  isNew,
  onChange,
  onTyped,
  onRemove,
  problemAt,
}: {
  readonly milestone: MilestoneDraft;
  /** Its place in the list, from 1. */
  readonly place: number;
  /** What its number counts. */
  readonly unit: Unit;
  /** Whether it was just added, so that one types into it next. */
  readonly isNew: boolean;
  readonly onChange: (part: Partial<MilestoneDraft>) => void;
  /** Is called when the number has been typed. */
  readonly onTyped: () => void;
  readonly onRemove: () => void;
  readonly problemAt: ProblemAt;
}) {
  const { key, id, target, msg, rewardType, scope } = milestone;
  const [isOpen, setOpen] = useState(false);
  const days = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNew) {
      days.current?.focus();
    }
  }, [isNew]);
  const [idProblem, rewardProblem] = [problemAt(`${key}.id`, id), problemAt(`${key}.rewardType`, rewardType)];
  const awardProblem = problemAt(`${key}.scope`, scope) ?? problemAt(`${key}.repeats`, scope);
  return (
    <li className={styles.milestone}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset takes no part in a grid. */}
      <div role="group" aria-label={`Milestone ${place}`} className={styles.row}>
        <TextField
          ref={days}
          label={UNIT_WORDS[unit]}
          hint={`${formatNumber(TARGET.minimum)} to ${formatNumber(TARGET.maximum)}`}
          value={target}
          onValue={(value) => onChange({ target: value })}
          onBlur={onTyped}
          error={problemAt(`${key}.target`, target)}
          inputMode="numeric"
          autoComplete="off"
          required
        />
        <TextField
          label="What the visitor is told"
          value={msg}
          onValue={(value) => onChange({ msg: value })}
          error={problemAt(`${key}.msg`, msg)}
          maxLength={limitsOf(MilestoneSchema, "msg").maxLength}
          autoComplete="off"
        />
        <div className={styles.remove}>
          <Button kind="quiet" icon={<TrashIcon />} aria-label={`Remove milestone ${place}`} onClick={onRemove} />
        </div>
        <details
          className={styles.more}
          open={isOpen || [idProblem, rewardProblem, awardProblem].some((problem) => problem !== undefined)}
          onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
        >
          <summary>
            ID, reward and award
            {scope !== "none" && <>: awarded {SCOPES[scope].label.toLowerCase()}</>}
          </summary>
          <div className={styles.pair}>
            <TextField
              label="ID"
              hint="Your scripts know the milestone by it."
              value={id}
              onValue={(value) => onChange({ id: value })}
              error={idProblem}
              maxLength={limitsOf(MilestoneSchema, "id").maxLength}
              autoComplete="off"
              spellCheck={false}
            />
            <TextField
              label="Reward"
              hint={`What your app gives for it; ${DEFAULTS.rewardType} when it is empty.`}
              value={rewardType}
              onValue={(value) => onChange({ rewardType: value })}
              error={rewardProblem}
              maxLength={limitsOf(MilestoneSchema, "rewardType").maxLength}
              autoComplete="off"
              spellCheck={false}
            />
            <AwardFields {...{ milestone, unit, onChange }} error={awardProblem} />
          </div>
        </details>
      </div>
    </li>
  );
}
