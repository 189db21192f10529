import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { RateLimitSource, type SystemService } from "#gen/streak/v1/system_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Project } from "../../domain/project.ts";
import type { RateLimit } from "../../domain/rate-limit.ts";
import type { Projects } from "../projects/projects.ts";
import type { Instances } from "./instances.ts";
import { projectCallsOf } from "./project-calls.ts";

/**
 * Creates the handler that tells what calls of a project came, and how fast they may come.
 *
 * @param rateLimit the limit of projects that have none of their own
 */
export function getTrafficHandler(
  projects: Projects,
  instances: Instances,
  rateLimit: RateLimit | undefined,
): Handler<typeof SystemService.method.getTraffic> {
  return async ({ siteKey }, call) => {
    const project = await projects.require(siteKey, call);
    const reports = await instances.list();
    return {
      ...projectCallsOf(
        siteKey,
        reports.map(({ metrics }) => metrics),
      ),
      since: timestampFromMs(Math.min(...reports.map(({ startTime }) => startTime))),
      ...limitOf(project, rateLimit),
    };
  };
}

function limitOf(project: Project, byDefault: RateLimit | undefined) {
  if (project.rateLimit !== undefined) {
    return { rateLimit: project.rateLimit, rateLimitSource: RateLimitSource.PROJECT };
  }
  return byDefault === undefined
    ? { rateLimitSource: RateLimitSource.NONE }
    : { rateLimit: byDefault, rateLimitSource: RateLimitSource.SETTING };
}
