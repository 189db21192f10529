import type { CheckIns, History } from "../../domain/check-ins.ts";
import type { Project } from "../../domain/project.ts";
import type { UserZone } from "../../store/streaks.ts";

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
export function historyOf({ days, others }: CheckIns, user: UserZones, project: Pick<Project, "timeZone">): History {
  const home = user.home ?? zoneOf(user, project);
  return others === undefined ? { days, home } : { days, others, home };
}
