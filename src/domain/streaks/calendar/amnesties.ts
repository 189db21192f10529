import type { Amnesty } from "../../amnesties.ts";
import { isAbout } from "../../ledger.ts";
import { ExemptDays } from "./exempt-days.ts";

/** The amnesties of one streak of all users of a project. */
export type Amnesties = ExemptDays<Amnesty>;

/**
 * Returns the amnesties of the streak of an event.
 *
 * @param amnesties those of the project, in the order in which they were declared
 * @returns undefined when no amnesty was ever about the event, not even one that was taken back
 */
export function amnestiesOf(amnesties: readonly Amnesty[], event: string): Amnesties | undefined {
  const about = amnesties.filter((amnesty) => isAbout(amnesty, event));
  const counting = about.filter(({ takenBack }) => takenBack === undefined);
  return about.length === 0
    ? undefined
    : new ExemptDays(counting.map((amnesty) => ({ decision: amnesty, from: amnesty.from, to: amnesty.to })));
}
