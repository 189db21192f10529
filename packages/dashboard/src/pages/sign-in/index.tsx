import { createClient } from "@connectrpc/connect";
import { type SubmitEvent, useState } from "react";
import { type Session, SessionService } from "#gen/streak/v1/session_service_pb.ts";
import { transport } from "../../client.ts";
import { Button } from "../../components/Button.tsx";
import { TextField } from "../../components/Field.tsx";
import { FlameIcon } from "../../components/icons.tsx";
import { Notice } from "../../components/Notice.tsx";
import { problemOf } from "../../errors.ts";
import styles from "./SignIn.module.css";

const client = createClient(SessionService, transport);

/** The page to sign in by a token. */
export default function SignInPage({
  hasEnded,
  onSignedIn,
}: {
  /** Whether there was a session, which has ended. */
  readonly hasEnded: boolean;
  readonly onSignedIn: (session: Session) => void;
}) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function signIn(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { session } = await client.createSession({ token: token.trim() });
      if (session !== undefined) {
        onSignedIn(session);
      }
    } catch (thrown) {
      setError(problemOf(thrown).message);
      setBusy(false);
    }
  }

  return (
    <main className={styles.page}>
      <title>Sign in · streakd</title>
      <form className={styles.form} onSubmit={signIn}>
        <FlameIcon size={44} />
        <h1>Sign in to streakd</h1>
        {hasEnded && <Notice kind="warn">Your session has ended. Sign in again to go on where you were.</Notice>}
        <TextField
          label="Token"
          type="password"
          value={token}
          onValue={setToken}
          error={error}
          autoComplete="off"
          autoFocus
          spellCheck={false}
        />
        <Button type="submit" kind="primary" isBusy={isBusy} disabled={token.trim() === ""}>
          Sign in
        </Button>
        <details className={styles.help}>
          <summary>Where do I find a token?</summary>
          <p>
            On its first start the server writes the admin token into the file <code>admin-token</code> in its data
            folder, unless the setting <code>ADMIN_TOKEN</code> gives one. Whoever has it can make further tokens, on
            the page Settings of a project.
          </p>
        </details>
      </form>
    </main>
  );
}
