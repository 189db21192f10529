import type { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import { MAX_GRANT_DAYS_AHEAD } from "../../domain/ledger.ts";
import { rulesFor, rulesOfUser, type StreakRules } from "../../domain/streaks/rules-for.ts";
import { clip, refusal } from "../../errors.ts";
import { readStreakDateIfAny } from "../date.ts";
import { widgetOf } from "../projects/projects.ts";
import { type LedgerParts, ledgerHandler } from "./change-ledgers.ts";
import { hasNoFreezes, neverHasFreezes } from "./refusals.ts";

/** Creates the handler that grants freezes. */
export function grantFreezesHandler(parts: LedgerParts): ChangeHandler<typeof LedgerService.method.grantFreezes> {
  return ledgerHandler(parts, (request) => {
    const { event, count } = request;
    const asked = readStreakDateIfAny(request.from, "from");
    const to = readStreakDateIfAny(request.to, "to");
    return (project) => {
      const rules = rulesFor(widgetOf(project, event), project);
      return {
        event,
        // On which day the users get them, where the request names none, was decided when the entry was added.
        isAsked: (entry) =>
          entry.kind === "grantFreezes" &&
          entry.event === event &&
          entry.count === count &&
          (asked === undefined || entry.from === asked) &&
          entry.to === to,
        decide({ entries, momentOf }, name) {
          const { today: day } = momentOf(event, rulesOfUser(rules, entries, event)).present;
          const from = asked ?? day;
          const latest = day + MAX_GRANT_DAYS_AHEAD;
          if (from > latest) {
            throw refusal(
              "from",
              `must be ${isoDate(latest)} or earlier for "${clip(name)}": freezes can be granted ${MAX_GRANT_DAYS_AHEAD} days ahead at most. Grant them later`,
            );
          }
          if (to !== undefined && to < from) {
            throw refusal(
              "to",
              `must not be before the day on which "${clip(name)}" gets the freezes, ${isoDate(from)}`,
            );
          }
          requireFreezes(event, rules, from);
          return { kind: "grantFreezes", event, count, from, ...(to !== undefined && { to }) };
        },
        audit: {
          kind: "grantFreezes",
          event,
          count,
          ...(request.from !== undefined && { from: request.from }),
          ...(request.to !== undefined && { to: request.to }),
        },
      };
    };
  });
}

/** Checks that the rules of a widget have freezes on a day. A week or month that has begun has its old rules. */
function requireFreezes(event: string, { mode, calendar }: StreakRules, day: Day): void {
  const phases = mode === "cumulative" ? [] : calendar.phases;
  const withFreezes = phases.filter(({ freezes }) => freezes !== undefined);
  if (withFreezes.length === 0) {
    throw neverHasFreezes(event, mode);
  }
  if (!withFreezes.some(({ from, until }) => from <= day && day < until)) {
    throw hasNoFreezes(event, day, withFreezes.find(({ from }) => from > day)?.from);
  }
}
