import type { Call } from "../../call/call.ts";
import { dayOf } from "../../domain/day.ts";
import { emptyMonths } from "../../domain/months.ts";
import type { Project } from "../../domain/project.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import type { Stores } from "../../store/stores.ts";
import { historyOf, zoneOf } from "../streaks/history.ts";
import { momentOf } from "../streaks/moment.ts";
import { mapAtOnce } from "./at-once.ts";
import type { NamedUser } from "./plan.ts";

/**
 * Reads the users of a request, in its order, with the days of these events.
 *
 * @param now the server's time in epoch milliseconds
 */
export async function readUsers(
  { events: eventStore, ledger, streaks }: Pick<Stores, "events" | "ledger" | "streaks">,
  project: Project,
  names: readonly string[],
  events: readonly string[],
  now: number,
  call: Call,
): Promise<NamedUser[]> {
  const { id: projectId } = project;
  const asked = names.map((name) => ({ projectId, userHash: name, verify: true }));
  const resolved = await eventStore.resolveUsers(asked);
  return mapAtOnce([...resolved.entries()], async ([index, { userHash, ...zones }]) => {
    call.deadline.check();
    const key = { projectId, userHash };
    const [entries, ...records] = await Promise.all([
      ledger.readLedger(key),
      ...events.map((event) => streaks.readStreak(key, event)),
    ]);
    const nothing = historyOf({ days: emptyMonths }, zones, project);
    const days = new Map(
      events.map((event, place) => {
        const record = records[place];
        return [event, record === undefined ? nothing : historyOf(record, record, project)];
      }),
    );
    const zone = zoneOf(zones, project);
    const user = {
      userHash,
      days,
      date: dayOf(now, zone),
      momentOf: (event: string, rules: StreakRules) => momentOf(days.get(event) ?? nothing, rules, now, zone),
      entries,
    };
    return { name: names[index] as string, user };
  });
}
