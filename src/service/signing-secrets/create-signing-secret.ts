import { randomBytes } from "node:crypto";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { MAX_SIGNING_SECRETS } from "../../domain/project.ts";
import { base62 } from "../../domain/token-secret.ts";
import { StreakdError } from "../../errors.ts";
import { noProject } from "../projects/no-project.ts";
import type { Projects } from "../projects/projects.ts";
import { randomId } from "../random-id.ts";
import { signingSecretJson, signingSecretResource, signingSecretToMessage } from "./signing-secret-message.ts";

/** 256 bits: as many as HS256 can use. They are 43 characters in base 62. */
const SECRET_BYTES = 32;
const SECRET_LENGTH = 43;

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
    const project = await projects.read(siteKey);
    if (project === undefined) {
      throw noProject(siteKey);
    }
    call.subject = { project: siteKey, userHash: undefined };
    const secret = { id: randomId(), secret: makeSecret(), createdAt: clock() };
    return {
      audit: { ...signingSecretResource(project, secret), before: undefined, after: signingSecretJson(secret) },
      async make() {
        const outcome = await projects.addSigningSecret(siteKey, secret);
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

/** By the prefix `ss_`, people and scanners for leaked secrets recognise a signing secret. */
function makeSecret(): string {
  return `ss_${base62(randomBytes(SECRET_BYTES), SECRET_LENGTH)}`;
}

function tooMany(): StreakdError {
  return new StreakdError(
    "TOO_MANY_SIGNING_SECRETS",
    `The project has ${MAX_SIGNING_SECRETS} signing secrets, which is as many as it may have. ` +
      "Delete the signing secret that your servers don't use any more. The list shows their prefixes and times.",
  );
}
