import { type Project, SignedUsers } from "#gen/streak/v1/project_pb.ts";
import { entriesOf } from "../../../origins.ts";
import type { FormKind } from "../project-form.ts";

/** What the form holds. */
export interface GeneralDraft {
  readonly name: string;
  readonly timeZone: string;
  readonly live: boolean;
  readonly signedUsers: keyof typeof SIGNED_USERS;
  /** One on each line. */
  readonly origins: string;
}

/** The choices for signed users, with the words of the form. */
export const SIGNED_USERS = {
  never: { value: SignedUsers.NEVER, label: "Never: whoever knows a user’s ID can record for them" },
  browsers: { value: SignedUsers.BROWSERS, label: "From browsers: pages must show a user token" },
  always: { value: SignedUsers.ALWAYS, label: "Always: every call must show a user token" },
} as const;

/** The names of the choices, in their order. */
export const SIGNED_USERS_NAMES = Object.keys(SIGNED_USERS) as (keyof typeof SIGNED_USERS)[];

/** The form about a project's name, zone, origins and users. */
export const GENERAL: FormKind<GeneralDraft> = {
  toDraft: ({ name, timeZone, live, signedUsers, allowedOrigins }: Project) => ({
    name,
    timeZone,
    live: live ?? true,
    signedUsers: SIGNED_USERS_NAMES.find((each) => SIGNED_USERS[each].value === signedUsers) ?? "never",
    origins: allowedOrigins.join("\n"),
  }),
  fields: [
    { label: "Name", path: "name", toProject: ({ name }) => ({ name: name.trim() }), show: ({ name }) => name.trim() },
    {
      label: "Time zone",
      path: "time_zone",
      toProject: ({ timeZone }) => ({ timeZone }),
      show: ({ timeZone }) => timeZone,
    },
    { label: "Live", path: "live", toProject: ({ live }) => ({ live }), show: ({ live }) => (live ? "on" : "off") },
    {
      label: "Origins",
      path: "allowed_origins",
      toProject: ({ origins }) => ({ allowedOrigins: entriesOf(origins) }),
      show: ({ origins }) => entriesOf(origins).join("\n"),
    },
    {
      label: "Signed users",
      path: "signed_users",
      toProject: ({ signedUsers }) => ({ signedUsers: SIGNED_USERS[signedUsers].value }),
      show: ({ signedUsers }) => SIGNED_USERS[signedUsers].label,
    },
  ],
};
