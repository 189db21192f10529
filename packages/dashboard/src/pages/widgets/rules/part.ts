import type { RulesDraft } from "../../../rules/draft.ts";

/** What each part of the form about rules gets. */
export interface RulesPartProps {
  readonly rules: RulesDraft;
  readonly set: (part: Partial<RulesDraft>) => void;
  /** What is wrong with a field, if it is shown yet. */
  readonly problemAt: (field: keyof RulesDraft) => string | undefined;
}
