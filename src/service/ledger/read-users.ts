import type { Call } from "../../call/call.ts";
import { type DayStarts, dayByStart } from "../../domain/day-start.ts";
import type { Project } from "../../domain/project.ts";
import type { Stores } from "../../store/stores.ts";
import { mapAtOnce } from "./at-once.ts";
import type { NamedUser } from "./plan.ts";

/**
 * Reads the users of a request, in its order, with the days of these events.
 *
 * @param now the server's time in epoch milliseconds
 */
export async function readUsers(
  { events: eventStore, ledger, streaks }: Pick<Stores, "events" | "ledger" | "streaks">,
  { id: projectId, timeZone }: Project,
  names: readonly string[],
  events: readonly string[],
  now: number,
  call: Call,
): Promise<NamedUser[]> {
  const asked = names.map((name) => ({ projectId, userHash: name, verify: true }));
  const resolved = await eventStore.resolveUsers(asked);
  return mapAtOnce([...resolved.entries()], async ([index, { userHash, zone }]) => {
    call.deadline.check();
    const user = { projectId, userHash };
    const [entries, ...records] = await Promise.all([
      ledger.readLedger(user),
      ...events.map((event) => streaks.readStreak(user, event)),
    ]);
    const days = new Map(events.map((event, place) => [event, records[place]?.days ?? {}]));
    const today = (dayStarts?: DayStarts) => dayByStart(now, zone?.name ?? timeZone, dayStarts);
    return { name: names[index] as string, user: { userHash, days, today, entries } };
  });
}
