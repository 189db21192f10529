import { randomBytes } from "node:crypto";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { MAX_SIGNING_SECRETS } from "../../domain/project.ts";
import { markedSecret, SECRET_BYTES } from "../../domain/secret.ts";
import { StreakdError } from "../../errors.ts";
import { noProject } from "../projects/no-project.ts";
import type { Projects } from "../projects/projects.ts";
import { randomId } from "../random-id.ts";
import { signingSecretJson, signingSecretResource, signingSecretToMessage } from "./signing-secret-message.ts";

/** What a signing secret begins with. */
const MARK = "ss_";

/**
 * Creates the handler that makes a signing secret. No other answer shows the secret.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function createSigningSecretHandler(
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.createSigningSecret> {
  return async ({ siteKey }, call) => {
    const project = await projects.require(siteKey, call);
    const secret = { id: randomId(), secret: markedSecret(MARK, randomBytes(SECRET_BYTES)), createTime: clock() };
    return {
      audit: { ...signingSecretResource(project, secret), before: undefined, after: signingSecretJson(secret) },
      async make() {
        const outcome = await projects.addSigningSecret(project, secret);
        if (outcome === undefined) {
          throw noProject(siteKey);
        }
        if (outcome === "full") {
          throw tooMany();
        }
        return { signingSecret: { ...signingSecretToMessage(secret), secret: secret.secret } };
      },
    };
  };
}

function tooMany(): StreakdError {
  return new StreakdError(
    "TOO_MANY_SIGNING_SECRETS",
    `The project has ${MAX_SIGNING_SECRETS} signing secrets, which is as many as it may have. ` +
      "Delete the signing secret that your servers don't use any more. The list shows their prefixes and times.",
  );
}
