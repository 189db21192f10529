import { type Amnesty as AmnestyMessage, AmnestyOutcome } from "#gen/streak/v1/amnesty_service_pb.ts";
import { type Change, ChangedMeanwhile } from "../../call/audit.ts";
import type { Amnesty } from "../../domain/amnesties.ts";
import type { Project } from "../../domain/project.ts";
import { noProject } from "../projects/no-project.ts";
import type { Projects } from "../projects/projects.ts";
import { amnestyJson, amnestyToMessage } from "./amnesty-message.ts";

/** The answer to what changes amnesties. */
interface AmnestyAnswer {
  readonly outcome: AmnestyOutcome;
  readonly amnesty: AmnestyMessage;
}

/** Returns a change that changes nothing: the project has the amnesty as it is asked for. */
export function knownAmnesty(amnesty: Amnesty): Change<AmnestyAnswer> {
  return { audit: undefined, make: async () => answer(AmnestyOutcome.KNOWN, amnesty) };
}

/**
 * Returns the change that gives a project other amnesties. It is made only while the project is what was read: of two
 * changes at the same time, none may undo the other.
 *
 * @param amnesty the amnesty that differs, as the project has it then
 * @param validateOnly whether to change nothing
 */
export function amnestyChange(
  projects: Projects,
  project: Project,
  amnesties: readonly Amnesty[],
  amnesty: Amnesty,
  validateOnly: boolean,
): Change<AmnestyAnswer> {
  if (validateOnly) {
    return { audit: undefined, make: async () => answer(AmnestyOutcome.CHANGED, amnesty) };
  }
  const before = project.amnesties.find(({ id }) => id === amnesty.id);
  return {
    audit: {
      project,
      resource: `projects/${project.siteKey}/amnesties/${amnesty.id}`,
      before: before && amnestyJson(before),
      after: amnestyJson(amnesty),
    },
    async make() {
      const changed = await projects.update(project, { amnesties }, project);
      if (changed === undefined) {
        throw noProject(project.siteKey);
      }
      if (changed === "changed") {
        throw new ChangedMeanwhile();
      }
      return answer(AmnestyOutcome.CHANGED, amnesty);
    },
  };
}

function answer(outcome: AmnestyOutcome, amnesty: Amnesty): AmnestyAnswer {
  return { outcome, amnesty: amnestyToMessage(amnesty) };
}
