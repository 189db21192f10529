import type { DescMethod } from "@bufbuild/protobuf";
import type { Principal } from "../../call/principal.ts";
import type { AuditEntry } from "../../store/audit.ts";

/** Returns the actor of an audit entry. A caller who could not be looked up is anonymous. */
export function actorOf(principal: Principal | undefined): Pick<AuditEntry, "actor" | "actorName"> {
  const { token, kind = "anonymous" } = principal ?? {};
  return token === undefined ? { actor: kind } : { actor: token.id, actorName: token.name };
}

/** Returns the name of a method in the audit log, such as `streak.v1.AdminService/UpdateProject`. */
export function methodName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
