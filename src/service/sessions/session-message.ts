import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Session as SessionMessage, SessionSchema } from "#gen/streak/v1/session_service_pb.ts";
import type { Principal } from "../../call/principal.ts";
import type { FoundSession } from "../../call/sign-in.ts";
import type { Scope } from "../../domain/token.ts";
import { scopesToMessage } from "../tokens/token-message.ts";

/** A sign-in session as the contract's message. Its token may have been rotated since, and then ends sooner. */
export function sessionToMessage(
  { token }: Pick<Principal, "token">,
  { createTime, expireTime }: FoundSession,
): SessionMessage {
  const scopes = token === undefined ? ["everything" as const] : (token.scopes as readonly Scope[]);
  return create(SessionSchema, {
    isRoot: token === undefined,
    tokenName: token?.name ?? "",
    siteKey: token?.project?.siteKey ?? "",
    scopes: scopesToMessage(scopes),
    createTime: timestampFromMs(createTime),
    expireTime: timestampFromMs(Math.min(expireTime, token?.expireTime ?? expireTime)),
  });
}
