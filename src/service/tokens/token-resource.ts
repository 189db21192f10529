import type { JsonObject } from "@bufbuild/protobuf";
import { TokenSchema } from "#gen/streak/v1/token_pb.ts";
import type { AuditedChange } from "../../call/audit.ts";
import type { Token } from "../../domain/token.ts";
import { messageJson } from "../message-json.ts";
import { tokenToMessage } from "./token-message.ts";

/** What the audit log calls a token. */
export function tokenResource({ id, project }: Token): Pick<AuditedChange, "project" | "resource"> {
  return { project, resource: `tokens/${id}` };
}

/** A token as the audit log keeps it: what the API shows of it, without its secret and the secret's hash. */
export function tokenJson(token: Token): JsonObject {
  return messageJson(TokenSchema, tokenToMessage(token));
}
