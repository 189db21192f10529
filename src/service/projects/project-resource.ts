import type { JsonObject } from "@bufbuild/protobuf";
import { ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import type { AuditedChange } from "../../call/audit.ts";
import type { Project } from "../../domain/project.ts";
import { messageJson } from "../message-json.ts";
import { projectToMessage } from "./project-message.ts";

/** What the audit log calls a project. */
export function projectResource(project: Project): Pick<AuditedChange, "project" | "resource"> {
  const { id, siteKey } = project;
  return { project: { id, siteKey }, resource: `projects/${siteKey}` };
}

/** A project as the audit log keeps it: what the API shows of it, so no secret. Its `etag` says nothing there. */
export function projectJson(project: Project): JsonObject {
  const { etag, ...fields } = messageJson(ProjectSchema, projectToMessage(project));
  return fields;
}
