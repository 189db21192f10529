import type { JsonObject } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type SigningSecret as SigningSecretMessage, SigningSecretSchema } from "#gen/streak/v1/signing_secret_pb.ts";
import type { AuditedChange } from "../../call/audit.ts";
import type { Project, SigningSecret } from "../../domain/project.ts";
import { prefixOf } from "../../domain/secret.ts";
import { messageJson } from "../message-json.ts";

/** A signing secret as the contract's message, without the secret itself. */
export function signingSecretToMessage({ id, secret, createTime }: SigningSecret): SigningSecretMessage {
  return {
    $typeName: "streak.v1.SigningSecret",
    id,
    prefix: prefixOf(secret),
    createTime: timestampFromMs(createTime),
  };
}

/** What the audit log calls a signing secret. */
export function signingSecretResource(
  project: Project,
  { id }: SigningSecret,
): Pick<AuditedChange, "project" | "resource"> {
  return { project, resource: `projects/${project.siteKey}/signingSecrets/${id}` };
}

/** A signing secret as the audit log keeps it: without the secret itself. */
export function signingSecretJson(secret: SigningSecret): JsonObject {
  return messageJson(SigningSecretSchema, signingSecretToMessage(secret));
}
