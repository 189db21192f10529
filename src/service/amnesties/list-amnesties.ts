import type { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Projects } from "../projects/projects.ts";
import { amnestyToMessage } from "./amnesty-message.ts";

/** Creates the handler that lists the amnesties of a project. */
export function listAmnestiesHandler(projects: Projects): Handler<typeof AmnestyService.method.listAmnesties> {
  return async ({ siteKey }, call) => {
    const { amnesties } = await projects.require(siteKey, call);
    return { amnesties: amnesties.map(amnestyToMessage) };
  };
}
