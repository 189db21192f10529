import type { Scope } from "#gen/streak/v1/token_pb.ts";
import { scopeName } from "../scopes.ts";
import { useSession } from "../session.tsx";
import { NotAllowedState } from "./States.tsx";

/** What stands where the session's token lacks a scope, instead of asking the server only to be refused. */
export function NeedsScope({
  scope,
  to,
}: {
  readonly scope: Scope;
  /** What the scope is needed for, such as `see the users`. */
  readonly to: string;
}) {
  const { scopes } = useSession();
  return (
    <NotAllowedState>
      To {to}, a token needs the scope <code>{scopeName(scope)}</code>. Yours has{" "}
      {scopes.length === 0 ? "none" : <code>{scopes.map(scopeName).join(", ")}</code>}. Sign in with another token, or
      ask whoever made yours.
    </NotAllowedState>
  );
}
