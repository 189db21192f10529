import { useState } from "react";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { Button } from "../../components/Button.tsx";
import { LinkAlias } from "./LinkAlias.tsx";

/** What can be done to a user. Each action is a button here, and a dialog in a file of its own. */
export function UserActions({ siteKey, user }: { readonly siteKey: string; readonly user: User }) {
  const [isLinking, setLinking] = useState(false);
  return (
    <>
      <Button onClick={() => setLinking(true)}>Link an alias…</Button>
      <LinkAlias siteKey={siteKey} userHash={user.userHash} isOpen={isLinking} onClose={() => setLinking(false)} />
    </>
  );
}
