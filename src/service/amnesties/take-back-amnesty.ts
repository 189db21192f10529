import type { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { actorOf } from "../audit/actor.ts";
import type { Projects } from "../projects/projects.ts";
import { amnestyChange, knownAmnesty } from "./change-amnesties.ts";
import { noAmnesty } from "./refusals.ts";

/**
 * Creates the handler that takes an amnesty back.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function takeBackAmnestyHandler(
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AmnestyService.method.takeBackAmnesty> {
  return async ({ siteKey, amnestyId, reason, validateOnly }, call) => {
    const project = await projects.require(siteKey, call);
    const { amnesties } = project;
    const index = amnesties.findIndex(({ id }) => id === amnestyId);
    const known = amnesties[index];
    if (known === undefined) {
      throw noAmnesty(siteKey, amnestyId);
    }
    if (known.takenBack !== undefined) {
      return knownAmnesty(known);
    }
    const taken = { ...known, takenBack: { reason, actor: actorOf(call.principal).actor, at: clock() } };
    return amnestyChange(projects, project, amnesties.with(index, taken), taken, validateOnly);
  };
}
