import { todayIn } from "../../dates.ts";
import { useProject } from "../../projects.ts";
import { type CommonUnit, commonUnit } from "./numbers/units.ts";

/**
 * Tells what the streaks of an event count today, or those of all events for an empty one. Only sessions that may see
 * the project's widgets know it for sure.
 */
export function useUnits(siteKey: string): (event: string) => CommonUnit {
  const { project, isLoading } = useProject(siteKey);
  // Most streaks count days: so a text seldom changes when the project comes.
  return (event) =>
    project === undefined ? (isLoading ? "day" : "various") : commonUnit(project, event, todayIn(project.timeZone));
}
