import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Projects } from "../projects/projects.ts";
import { signingSecretToMessage } from "./signing-secret-message.ts";

/** Creates the handler that lists a project's signing secrets, without the secrets themselves. */
export function listSigningSecretsHandler(projects: Projects): Handler<typeof AdminService.method.listSigningSecrets> {
  return async ({ siteKey }, call) => {
    const project = await projects.require(siteKey, call);
    return { signingSecrets: project.signingSecrets.map(signingSecretToMessage) };
  };
}
