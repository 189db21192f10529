import { isDeepStrictEqual } from "node:util";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { ChangedMeanwhile, type ChangeHandler } from "../../call/audit.ts";
import { notReached, reachesAllProjects } from "../../call/principal.ts";
import { dayOf } from "../../domain/day.ts";
import { isSamePlan } from "../../domain/plans.ts";
import { changed, type Project, type ProjectChange } from "../../domain/project.ts";
import { refusal } from "../../errors.ts";
import { etagMismatch, etagOf } from "./etag.ts";
import { noProject } from "./no-project.ts";
import { type AskedChange, projectToMessage, readProjectChange } from "./project-message.ts";
import { projectJson, projectResource } from "./project-resource.ts";
import type { Projects } from "./projects.ts";
import { checkProjectRules } from "./rules-checks.ts";
import { changeWidgets } from "./widget-changes.ts";

/** Creates the handler that changes the named fields of a project. */
export function updateProjectHandler(
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.updateProject> {
  return async (request, call) => {
    const siteKey = request.project?.siteKey;
    if (!siteKey) {
      throw refusal("project.siteKey", "must say which project to change");
    }
    const now = clock();
    const asked = readProjectChange(request.project, request.updateMask, now);
    if (asked.rateLimit !== undefined && !reachesAllProjects(call.principal)) {
      throw notReached(call.principal, "Its rateLimit may be changed only with a token for all projects.");
    }
    const before = await projects.require(siteKey, call);
    const { etag = "" } = request.project ?? {};
    if (etag !== "" && etag !== etagOf(before)) {
      throw etagMismatch(siteKey);
    }
    const change = withoutSamePlan(before, resolveChange(before, asked, now));
    if (change.plan !== undefined && !reachesAllProjects(call.principal)) {
      throw notReached(call.principal, "Its plan may be changed only with a token for all projects.");
    }
    const states = { before: projectJson(before), after: projectJson(changed(before, change)) };
    // A tool that sets again and again what is there would push other entries out of the audit log.
    if (isDeepStrictEqual(states.before, states.after)) {
      return { audit: undefined, make: async () => ({ project: projectToMessage(before) }) };
    }
    return {
      audit: { ...projectResource(before), ...states },
      async make() {
        const project = await projects.update(before, change, etag !== "" || isRelative(change) ? before : undefined);
        if (project === undefined) {
          throw noProject(siteKey);
        }
        if (project === "changed") {
          throw etag === "" ? new ChangedMeanwhile() : etagMismatch(siteKey);
        }
        // Whoever has lowered a limit can rely on it. And no event that is sent now is recorded by the rules of before.
        if (change.plan !== undefined || changesRules(before, project)) {
          await projects.seenEverywhere();
        }
        return { project: projectToMessage(project) };
      },
    };
  };
}

/** Returns what an update changes of the stored project. */
function resolveChange(before: Project, { widgets, ...asked }: AskedChange, now: number): ProjectChange {
  // The later of both, so that no update can make a day that is over in the project's zone into one to come.
  const today = Math.max(...[before.timeZone, asked.timeZone ?? before.timeZone].map((zone) => dayOf(now, zone)));
  const change = { ...asked, ...(widgets && { widgets: changeWidgets(widgets, before.widgets, today) }) };
  if (isRelative(change)) {
    checkProjectRules(before, changed(before, change), today);
  }
  return change;
}

/**
 * Whether a change holds only for the project as it was read: its versions of rules were made from the stored ones, and
 * its widgets and lists of holidays were checked together.
 */
function isRelative({ widgets, holidays }: ProjectChange): boolean {
  return widgets !== undefined || holidays !== undefined;
}

/** Whether a widget that was there has other rules now. */
function changesRules(before: Project, after: Project): boolean {
  return before.widgets.some((widget) => {
    const same = after.widgets.find(({ event }) => event === widget.event);
    return same !== undefined && !isDeepStrictEqual(widget.rules, same.rules);
  });
}

/**
 * Leaves the plan out of a change if the project has it already. So a caller may send a whole project back, and a plan
 * that is set again does not make the store count anew who is active.
 */
function withoutSamePlan(before: Project, change: ProjectChange): ProjectChange {
  const { plan, ...rest } = change;
  return plan !== undefined && isSamePlan(before.plan, plan ?? undefined) ? rest : change;
}
