import { isSame } from "../../../rules/draft.ts";
import { type MilestoneDraft, sorted, type WidgetDraft } from "./draft.ts";

const FIELDS = ["event", "mode", "theme", "position", "mainMessage"] as const;
const MILESTONE_FIELDS = ["id", "target", "msg", "rewardType", "scope", "repeats"] as const;

/**
 * Puts what one person has changed on top of what another has saved meanwhile. Where both have changed the same field, the
 * first person's value counts.
 *
 * @param base the widget from which both began
 */
export function merge(base: WidgetDraft, mine: WidgetDraft, theirs: WidgetDraft): WidgetDraft {
  const { rules, rulesFrom } = isSame(mine.rules, base.rules) ? theirs : mine;
  return {
    ...pick(FIELDS, base, mine, theirs),
    rules,
    rulesFrom,
    milestones: sorted(mergeMilestones(base.milestones, mine.milestones, theirs.milestones)),
  };
}

function mergeMilestones(
  base: readonly MilestoneDraft[],
  mine: readonly MilestoneDraft[],
  theirs: readonly MilestoneDraft[],
): MilestoneDraft[] {
  const [wasThere, isTheirs] = [byKey(base), byKey(theirs)];
  const isMine = byKey(mine);
  const kept = theirs.filter(({ key }) => isMine.has(key) || !wasThere.has(key));
  const merged = kept.map((milestone) => {
    const own = isMine.get(milestone.key);
    // What both have added under one ID is of the person who saves now.
    const before = wasThere.get(milestone.key);
    return own === undefined ? milestone : { ...own, ...(before && pick(MILESTONE_FIELDS, before, own, milestone)) };
  });
  // Those that were added here, and those that the other has removed though they were changed here.
  const added = mine.filter((own) => {
    const before = wasThere.get(own.key);
    return (
      !isTheirs.has(own.key) && (before === undefined || MILESTONE_FIELDS.some((each) => before[each] !== own[each]))
    );
  });
  return [...merged, ...added];
}

function byKey(milestones: readonly MilestoneDraft[]): ReadonlyMap<string, MilestoneDraft> {
  return new Map(milestones.map((milestone) => [milestone.key, milestone]));
}

/** Of each field: mine if it is not as it was, else theirs. */
function pick<K extends string, Of extends Readonly<Record<K, string | boolean>>>(
  fields: readonly K[],
  base: Of,
  mine: Of,
  theirs: Of,
): Pick<Of, K> {
  const entries = fields.map((field) => [field, mine[field] === base[field] ? theirs[field] : mine[field]]);
  return Object.fromEntries(entries) as Pick<Of, K>;
}
