import { StreakdError } from "../errors.ts";
import type { Access } from "./contract.ts";

/** The header that carries the admin token. */
export const ADMIN_TOKEN_HEADER = "X-Admin-Token";

/** Who calls. Handlers and limits ask the principal, never a header. */
export interface Principal {
  /** `root` holds the installation's admin token and has every scope; `anonymous` holds nothing. */
  readonly kind: "anonymous" | "root";
  /** The origin of the page that calls, as its browser says; undefined when a server calls. */
  readonly origin: string | undefined;
}

/**
 * Lets a principal call a method. Root has every scope, and nobody else has any.
 *
 * @throws StreakdError UNAUTHORIZED when the method needs a scope that the principal does not have
 */
export function requireAccess(principal: Principal, access: Access): void {
  if (access !== "anyone" && principal.kind !== "root") {
    throw new StreakdError("UNAUTHORIZED", `Send the admin token in the header ${ADMIN_TOKEN_HEADER}.`);
  }
}
