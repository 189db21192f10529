import { useState } from "react";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { Button } from "../../components/Button.tsx";
import { LinkAlias } from "./LinkAlias.tsx";
import { CorrectZone } from "./zone/CorrectZone.tsx";

/** What can be done to a user. Each action is a button here, and a dialog in a file of its own. */
export function UserActions({ siteKey, user }: { readonly siteKey: string; readonly user: User }) {
  const [isLinking, setLinking] = useState(false);
  const [isCorrecting, setCorrecting] = useState(false);
  return (
    <>
      <Button onClick={() => setCorrecting(true)}>Correct a time zone…</Button>
      <Button onClick={() => setLinking(true)}>Link an alias…</Button>
      <LinkAlias siteKey={siteKey} userHash={user.userHash} isOpen={isLinking} onClose={() => setLinking(false)} />
      <CorrectZone {...{ siteKey, user }} isOpen={isCorrecting} onClose={() => setCorrecting(false)} />
    </>
  );
}
