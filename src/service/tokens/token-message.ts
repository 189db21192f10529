import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { Scope as ScopeMessage, type Token as TokenMessage, TokenSchema } from "#gen/streak/v1/token_pb.ts";
import { SCOPES, type Scope, type Token } from "../../domain/token.ts";
import { refusal } from "../../errors.ts";

/** How the contract's enum says a scope. */
const scopeToMessage: Readonly<Record<Scope, ScopeMessage>> = {
  "events:record": ScopeMessage.EVENTS_RECORD,
  "states:read": ScopeMessage.STATES_READ,
  "analytics:read": ScopeMessage.ANALYTICS_READ,
  "users:manage": ScopeMessage.USERS_MANAGE,
  "project:manage": ScopeMessage.PROJECT_MANAGE,
  everything: ScopeMessage.EVERYTHING,
};

/** Scopes as the contract's enum says them. */
export function scopesToMessage(scopes: readonly Scope[]): ScopeMessage[] {
  return scopes.map((scope) => scopeToMessage[scope]);
}

/**
 * Reads the scopes of a new token, each once, in the order in which the contract lists them.
 *
 * @throws StreakdError INVALID_BODY for a scope that is not given
 */
export function readScopes(scopes: readonly ScopeMessage[]): Scope[] {
  const missing = scopes.indexOf(ScopeMessage.UNSPECIFIED);
  if (missing >= 0) {
    throw refusal(`token.scopes[${missing}]`, `must be one of ${SCOPES.join(", ")}`);
  }
  return SCOPES.filter((scope) => scopes.includes(scopeToMessage[scope]));
}

/**
 * Reads when a new token expires, in epoch milliseconds; undefined when it does not.
 *
 * @param field the field's path
 * @param now the server's time in epoch milliseconds
 * @throws StreakdError INVALID_BODY for a time in the past
 */
export function readExpireTime(time: Timestamp | undefined, field: string, now: number): number | undefined {
  if (time === undefined) {
    return undefined;
  }
  const at = timestampMs(time);
  if (at <= now) {
    throw refusal(field, "must be in the future: leave it out for a token that does not expire");
  }
  return at;
}

/**
 * A token as the contract's message.
 *
 * @param secret given only in the answer that shows it
 */
export function tokenToMessage(token: Token, secret?: string): TokenMessage {
  const { id, name, project, scopes, createTime, expireTime, prefix, lastUseTime } = token;
  return create(TokenSchema, {
    id,
    name,
    siteKey: project?.siteKey ?? "",
    scopes: scopesToMessage(scopes),
    prefix,
    createTime: timestampFromMs(createTime),
    ...(expireTime !== undefined && { expireTime: timestampFromMs(expireTime) }),
    ...(lastUseTime !== undefined && { lastUseTime: timestampFromMs(lastUseTime) }),
    ...(secret !== undefined && { secret }),
  });
}
