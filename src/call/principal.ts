import { StreakdError } from "../errors.ts";
import type { Access } from "./contract.ts";

/** The header that carries the admin token. */
export const ADMIN_TOKEN_HEADER = "X-Admin-Token";

const NO_TOKEN = `Send the admin token in the header ${ADMIN_TOKEN_HEADER}.`;
const WRONG_TOKEN = `The token in the header ${ADMIN_TOKEN_HEADER} is wrong: it is not the admin token of this server.`;

/** Who calls. Handlers and limits ask the principal, never a header. */
export interface Principal {
  /** `root` holds the installation's admin token and has every scope; `anonymous` holds nothing. */
  readonly kind: "anonymous" | "root";
  /** Whether an anonymous caller has sent a token, which is not this server's. */
  readonly hasWrongToken?: boolean;
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
    throw new StreakdError("UNAUTHORIZED", principal.hasWrongToken ? WRONG_TOKEN : NO_TOKEN);
  }
}
