import { LedgerOutcome, type LedgerResult } from "#gen/streak/v1/ledger_service_pb.ts";
import type { Call } from "../../call/call.ts";
import { type LedgerEntry, type LedgerEntryFacts, MAX_LEDGER_ENTRIES } from "../../domain/ledger.ts";
import type { RulesOf } from "../projects/ready-rules.ts";
import { Turns } from "../turns.ts";
import type { LedgerAsk, LedgerUser } from "./ask.ts";
import { otherEntry, tooManyEntries } from "./refusals.ts";
import { streakChanges } from "./streak-changes.ts";

/** A user, by the name that a request has for the user. */
export interface NamedUser {
  readonly name: string;
  readonly user: LedgerUser;
}

/** What a request means for one of its users. */
export interface PlannedUser extends NamedUser {
  readonly result: LedgerResult;
  /** The entry to add; undefined when nothing is to change. */
  readonly entry: LedgerEntry | undefined;
}

/**
 * Plans what a request changes.
 *
 * @param facts what the new entry has that does not depend on the user
 * @throws StreakdError ALREADY_EXISTS when a ledger has another entry with the id, TOO_MANY_LEDGER_ENTRIES when a ledger is
 *   full, and what the request says of a user for whom it can't be
 */
export async function planFor(
  users: readonly NamedUser[],
  ask: LedgerAsk,
  facts: Omit<LedgerEntryFacts, "user">,
  rulesOf: RulesOf,
  call: Call,
): Promise<PlannedUser[]> {
  const plan: PlannedUser[] = [];
  // Two names of a request may be one user: the second finds what the first adds.
  const ledgers = new Map<string, readonly LedgerEntry[]>();
  const turns = new Turns(call);
  for (const { name, user } of users) {
    await turns.giveWay();
    const entries = ledgers.get(user.userHash) ?? user.entries;
    const planned = planUser({ name, user: { ...user, entries } }, ask, facts, rulesOf);
    plan.push(planned);
    ledgers.set(user.userHash, planned.entry === undefined ? entries : [...entries, planned.entry]);
  }
  return plan;
}

/** Returns the result of a user whose ledger the request does not change. */
export function unchanged(name: string, outcome: LedgerOutcome): LedgerResult {
  return { $typeName: "streak.v1.LedgerResult", userHash: name, outcome, changes: [] };
}

function planUser(
  { name, user }: NamedUser,
  ask: LedgerAsk,
  facts: Omit<LedgerEntryFacts, "user">,
  rulesOf: RulesOf,
): PlannedUser {
  const { entries } = user;
  const known = entries.find(({ id }) => id === facts.id);
  if (known !== undefined) {
    if (!ask.isAsked(known)) {
      throw otherEntry(name, facts.id);
    }
    return { name, user, result: unchanged(name, LedgerOutcome.KNOWN), entry: undefined };
  }
  const decision = ask.decide(user, name);
  if (decision === undefined) {
    return { name, user, result: unchanged(name, LedgerOutcome.NOTHING), entry: undefined };
  }
  if (entries.length >= MAX_LEDGER_ENTRIES) {
    throw tooManyEntries(name);
  }
  const entry = { ...facts, user: user.userHash, ...decision };
  const changes = streakChanges(
    user,
    (event) => rulesOf(event, entries),
    (event) => rulesOf(event, [...entries, entry]),
  );
  const result = { ...unchanged(name, LedgerOutcome.ADDED), changes };
  return { name, user, result, entry };
}
