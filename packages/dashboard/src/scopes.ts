import { Scope } from "#gen/streak/v1/token_pb.ts";

/** The scopes, as people read them, with what each allows. The widest is last. */
export const SCOPES: readonly { readonly scope: Scope; readonly name: string; readonly about: string }[] = [
  { scope: Scope.EVENTS_RECORD, name: "events:record", about: "Record events." },
  { scope: Scope.STATES_READ, name: "states:read", about: "Read users' streaks." },
  {
    scope: Scope.USERS_MANAGE,
    name: "users:manage",
    about:
      "List users, read them, pause and repair their streaks, grant them freezes, declare amnesties, and link visitors to users.",
  },
  { scope: Scope.ANALYTICS_READ, name: "analytics:read", about: "See what the users do, in numbers." },
  {
    scope: Scope.PROJECT_MANAGE,
    name: "project:manage",
    about: "Read and change the project and its signing secrets; read its usage and audit log.",
  },
  { scope: Scope.EVERYTHING, name: "everything", about: "All of these, and make, rotate and revoke tokens." },
];

/** The name of a scope, such as `users:manage`; `unknown` for one of a newer server. */
export function scopeName(scope: Scope): string {
  return SCOPES.find((each) => each.scope === scope)?.name ?? "unknown";
}
