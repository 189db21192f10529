import type { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { type Amnesty, MAX_AMNESTIES } from "../../domain/amnesties.ts";
import { actorOf } from "../audit/actor.ts";
import { type Projects, widgetOf } from "../projects/projects.ts";
import { readAmnestyDays } from "./amnesty-days.ts";
import { amnestyChange, knownAmnesty } from "./change-amnesties.ts";
import { otherAmnesty, tooManyAmnesties } from "./refusals.ts";

/**
 * Creates the handler that declares an amnesty.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function declareAmnestyHandler(
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AmnestyService.method.declareAmnesty> {
  return async (request, call) => {
    const { siteKey, amnestyId, event, reason, validateOnly } = request;
    const days = readAmnestyDays(request);
    const project = await projects.require(siteKey, call);
    const known = project.amnesties.find(({ id }) => id === amnestyId);
    if (known !== undefined) {
      if (known.event !== event || known.from !== days.from || known.to !== days.to) {
        throw otherAmnesty(siteKey, amnestyId);
      }
      return knownAmnesty(known);
    }
    if (event !== undefined) {
      widgetOf(project, event);
    }
    if (project.amnesties.length >= MAX_AMNESTIES) {
      throw tooManyAmnesties(siteKey);
    }
    const declared = { reason, actor: actorOf(call.principal).actor, at: clock() };
    const amnesty: Amnesty = { id: amnestyId, ...(event !== undefined && { event }), ...days, declared };
    return amnestyChange(projects, project, [...project.amnesties, amnesty], amnesty, validateOnly);
  };
}
