import { LedgerOutcome, type LedgerResult } from "#gen/streak/v1/ledger_service_pb.ts";
import { type Change, ChangedInPart, ChangedMeanwhile } from "../../call/audit.ts";
import type { Call } from "../../call/call.ts";
import type { Project } from "../../domain/project.ts";
import { refusal } from "../../errors.ts";
import type { Stores } from "../../store/stores.ts";
import { actorOf } from "../audit/actor.ts";
import type { Projects } from "../projects/projects.ts";
import { createRulesOf } from "../projects/ready-rules.ts";
import type { LedgerAsk } from "./ask.ts";
import { mapAtOnce } from "./at-once.ts";
import { changedMeanwhile } from "./not-repairable.ts";
import { type PlannedUser, planFor, unchanged } from "./plan.ts";
import { readUsers } from "./read-users.ts";
import { otherEntry, tooManyEntries } from "./refusals.ts";

/** How many users the audit log names of those whose ledgers a request changes. */
const MAX_AUDITED_USERS = 10;

/** What the requests that change ledgers have in common. */
export interface LedgerRequest {
  readonly siteKey: string;
  readonly userHashes: readonly string[];
  readonly entryId: string;
  readonly reason: string;
  readonly validateOnly: boolean;
}

/** What the handlers that change ledgers work with. */
export interface LedgerParts {
  readonly projects: Projects;
  readonly stores: Pick<Stores, "events" | "ledger" | "streaks">;
  /** Returns the server's time in epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Creates the handler of a method that changes ledgers.
 *
 * @param askOf reads a request, and returns what it asks for in a project. Throws what is wrong with the request alone;
 *   what is wrong with it in the project, the returned function throws.
 */
export function ledgerHandler<Request extends LedgerRequest>(
  { projects, ...parts }: LedgerParts,
  askOf: (request: Request) => (project: Project) => LedgerAsk,
): (request: Request, call: Call) => Promise<Change<{ results: LedgerResult[] }>> {
  return async (request, call) => {
    checkUsers(request);
    const askIn = askOf(request);
    const project = await projects.require(request.siteKey, call);
    return changeLedgers(parts, project, request, askIn(project), call);
  };
}

/**
 * Checks the users that a request names.
 *
 * @throws StreakdError INVALID_BODY
 */
function checkUsers({ userHashes }: LedgerRequest): void {
  if (userHashes.length === 0) {
    throw refusal("userHashes", "must name at least one user, and at most 1000");
  }
  const empty = userHashes.indexOf("");
  if (empty >= 0) {
    throw refusal(`userHashes[${empty}]`, "must not be empty");
  }
}

/**
 * Checks a request for all of its users, and returns what it changes.
 *
 * @throws StreakdError as {@link planFor} does
 */
async function changeLedgers(
  { stores, clock }: Omit<LedgerParts, "projects">,
  project: Project,
  request: LedgerRequest,
  ask: LedgerAsk,
  call: Call,
): Promise<Change<{ results: LedgerResult[] }>> {
  const { userHashes, entryId, reason, validateOnly } = request;
  const now = clock();
  const events = ask.event === undefined ? project.widgets.map(({ event }) => event) : [ask.event];
  const users = await readUsers(stores, project, userHashes, events, now, call);
  const facts = { id: entryId, reason, actor: actorOf(call.principal).actor, at: now };
  const plan = await planFor(users, ask, facts, createRulesOf(project), call);
  const toAdd = plan.filter(({ entry }) => entry !== undefined);
  if (validateOnly || toAdd.length === 0) {
    return { audit: undefined, make: async () => ({ results: plan.map(({ result }) => result) }) };
  }
  const named = toAdd.slice(0, MAX_AUDITED_USERS).map(({ name }) => name);
  return {
    audit: {
      project,
      resource: `projects/${project.siteKey}/ledger/${entryId}`,
      before: undefined,
      after: { entryId, ...ask.audit, reason, users: toAdd.length, userHashes: named },
    },
    make: async () => ({ results: await addEntries(stores, project, plan, ask) }),
  };
}

/** Adds the entries of a plan, and returns the results of all of its users. */
async function addEntries(
  { ledger }: LedgerParts["stores"],
  { id: projectId }: Project,
  plan: readonly PlannedUser[],
  ask: LedgerAsk,
): Promise<LedgerResult[]> {
  const outcomes = await mapAtOnce(plan, async ({ user: { userHash, entries }, entry }) => {
    const size = ask.isForLedgerAsRead ? entries.length : undefined;
    return entry === undefined ? undefined : await ledger.addLedgerEntry({ projectId, userHash }, entry, size);
  });
  // Somebody else was faster everywhere: what that means is found by another plan.
  if (!outcomes.includes("added")) {
    throw new ChangedMeanwhile();
  }
  return mapAtOnce([...plan.entries()], async ([index, { name, user, result, entry }]) => {
    const outcome = outcomes[index];
    if (entry === undefined || outcome === "added") {
      return result;
    }
    if (outcome === "full" || outcome === "changed") {
      throw new ChangedInPart(outcome === "full" ? tooManyEntries(name, "changed") : changedMeanwhile(name));
    }
    const entries = await ledger.readLedger({ projectId, userHash: user.userHash });
    if (!entries.some((known) => known.id === entry.id && ask.isAsked(known))) {
      throw new ChangedInPart(otherEntry(name, entry.id, "changed"));
    }
    return unchanged(name, LedgerOutcome.KNOWN);
  });
}
