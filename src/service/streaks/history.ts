import type { CheckIns, History } from "../../domain/check-ins.ts";
import type { Project } from "../../domain/project.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import type { AskedActions, UserZone } from "../../store/streaks.ts";

/** What is known of the zones of a user. */
interface UserZones {
  readonly zone?: UserZone;
  readonly home?: string;
}

/** Returns the IANA name of the zone that decides which day is today for a user, where a request names none. */
export function zoneOf({ zone }: UserZones, { timeZone }: Pick<Project, "timeZone">): string {
  return zone?.name ?? timeZone;
}

/** Returns the check-ins of a user with the user's home zone. */
export function historyOf(
  { days, others, actions }: CheckIns,
  user: UserZones,
  project: Pick<Project, "timeZone">,
): History {
  const home = user.home ?? zoneOf(user, project);
  const history = others === undefined ? { days, home } : { days, others, home };
  return actions === undefined ? history : { ...history, actions };
}

/** Returns which counts of actions to ask a store for: `asked` where the rules count actions, otherwise none. */
export function actionsFor({ actions }: StreakRules, asked: AskedActions): AskedActions | undefined {
  return actions && asked;
}
