import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { clip, StreakdError } from "../../errors.ts";
import type { Projects } from "../projects/projects.ts";
import { signingSecretJson, signingSecretResource } from "./signing-secret-message.ts";

/** Creates the handler that deletes a signing secret. Tokens that it has signed are refused from then on. */
export function deleteSigningSecretHandler(
  projects: Projects,
): ChangeHandler<typeof AdminService.method.deleteSigningSecret> {
  return async ({ siteKey, signingSecretId }, call) => {
    const project = await projects.require(siteKey, call);
    const secret = project.signingSecrets.find(({ id }) => id === signingSecretId);
    if (secret === undefined) {
      throw notThere(siteKey, signingSecretId);
    }
    return {
      audit: { ...signingSecretResource(project, secret), before: signingSecretJson(secret), after: undefined },
      async make() {
        if (!(await projects.removeSigningSecret(siteKey, signingSecretId))) {
          throw notThere(siteKey, signingSecretId);
        }
        return {};
      },
    };
  };
}

function notThere(siteKey: string, signingSecretId: string): StreakdError {
  return new StreakdError(
    "NOT_FOUND",
    `The project "${clip(siteKey)}" has no signing secret with the id "${clip(signingSecretId)}".`,
  );
}
