import { type LedgerEntry, LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import { plural } from "../../../format.ts";

/** What is said of a kind of entry. */
interface KindWords {
  readonly label: string;
  /** What is taken back with such an entry, to stand after `Take back`, what this does, and what if no number changes. */
  readonly what: string;
  readonly effect: string;
  readonly unchanged: string;
}

const UNKNOWN: KindWords = {
  label: "Entry",
  what: "this entry",
  effect: "The streaks are as if it had never been made.",
  unchanged: "",
};

const OF_PAUSES = "It changes only what is asked of the user.";
const OF_CHOICES = "It changes only what freezes will cover.";

const KINDS: Readonly<Record<LedgerEntryKind, KindWords>> = {
  [LedgerEntryKind.UNSPECIFIED]: UNKNOWN,
  [LedgerEntryKind.PAUSE]: {
    label: "Pause",
    what: "this pause",
    effect: "The streaks are as if the pause had never been made.",
    unchanged: OF_PAUSES,
  },
  [LedgerEntryKind.UNPAUSE]: {
    label: "End of a pause",
    what: "this end of a pause",
    effect: "The pauses that it ended hold as they did before.",
    unchanged: OF_PAUSES,
  },
  [LedgerEntryKind.TAKE_BACK]: { ...UNKNOWN, label: "Taken back" },
  [LedgerEntryKind.GRANT_FREEZES]: {
    label: "Freezes",
    what: "these freezes",
    effect: "The streak is as if the freezes had never been granted: what they cover may be missed again.",
    unchanged: "The freezes make no difference today.",
  },
  [LedgerEntryKind.OPT_OUT]: {
    label: "Opted out",
    what: "this opt-out",
    effect: "The streaks are as if the user had not opted out.",
    unchanged: OF_CHOICES,
  },
  [LedgerEntryKind.OPT_IN]: {
    label: "Opted in",
    what: "this opt-in",
    effect: "The streaks are as if the user had not opted in.",
    unchanged: OF_CHOICES,
  },
  [LedgerEntryKind.REPAIR]: {
    label: "Repair",
    what: "this repair",
    effect: "The streak is as if it had never been repaired: the run that had ended stays ended.",
    unchanged: "The repair makes no difference today.",
  },
};

/** What an entry of a ledger is, in words, such as `Pause` or `2 freezes`. */
export function kindInWords({ kind, count }: LedgerEntry): string {
  return count === undefined ? wordsOf(kind).label : plural(count, "freeze", "freezes");
}

/** What a repair has joined, and what it took; undefined for entries of other kinds. */
export function repairInWords({ withinDays, takesFreeze = false }: LedgerEntry): string | undefined {
  return withinDays === undefined
    ? undefined
    : `Runs that ended at most ${plural(withinDays, "day", "days")} before it go on.${takesFreeze ? " It takes one freeze." : ""}`;
}

/** What is said where one takes an entry back. */
export function takingBackInWords({ kind }: LedgerEntry): Omit<KindWords, "label"> {
  return wordsOf(kind);
}

function wordsOf(kind: LedgerEntryKind): KindWords {
  return KINDS[kind] ?? UNKNOWN;
}

/** Who has made an entry of a ledger, to stand after `by`. */
export function actorInWords(actor: string): string {
  return actor === "root" ? "the admin token" : `the token ${actor}`;
}
