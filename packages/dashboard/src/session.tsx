import { createClient } from "@connectrpc/connect";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { type Session, SessionService } from "#gen/streak/v1/session_service_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { onSessionEnd, queryClient, transport } from "./client.ts";
import { Splash } from "./components/Splash.tsx";
import { isSignedOut } from "./errors.ts";

const SignIn = lazy(() => import("./pages/sign-in/index.tsx"));

/**
 * Whether somebody has signed in by this browser and not out again. Without it the first visit would ask for a session that
 * can't be there. It is a hint: the cookie, which no script sees, is what counts.
 */
const HINT = "streakd:signed-in";

/** Tells other tabs that somebody signed in or out here, by a value that differs each time. */
const newHint = () => crypto.getRandomValues(new Uint32Array(2)).join("-");

/** Who is signed in, and what they may do. */
export interface CurrentSession {
  readonly isRoot: boolean;
  /** The token's name; empty for the admin token. */
  readonly tokenName: string;
  /** The only project that the session reaches; undefined when it reaches all. */
  readonly siteKey: string | undefined;
  readonly scopes: readonly Scope[];
  /** Whether the session has a scope, such as `Scope.USERS_MANAGE`. */
  has(scope: Scope): boolean;
  /** Ends the session, here and on the server. */
  signOut(): Promise<void>;
}

type State =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "out"; readonly hasEnded: boolean }
  | { readonly kind: "in"; readonly session: Session };

const client = createClient(SessionService, transport);
const Context = createContext<CurrentSession | undefined>(undefined);

/** Who is signed in. Only for what is shown within {@link SessionGate}. */
export function useSession(): CurrentSession {
  const session = useContext(Context);
  if (session === undefined) {
    throw new Error("Nobody is signed in.");
  }
  return session;
}

/** Shows its children to those who are signed in, and the page to sign in to everybody else. The address stays. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<State>(() =>
    localStorage.getItem(HINT) === null ? { kind: "out", hasEnded: false } : { kind: "loading" },
  );

  const enter = useCallback((session: Session) => {
    setState({ kind: "in", session });
  }, []);

  const signIn = useCallback(
    (session: Session) => {
      localStorage.setItem(HINT, newHint());
      enter(session);
    },
    [enter],
  );

  const leave = useCallback((hasEnded: boolean) => {
    localStorage.removeItem(HINT);
    queryClient.clear();
    setState({ kind: "out", hasEnded });
  }, []);

  const load = useCallback(async () => {
    setState({ kind: "loading" });
    try {
      const { session } = await client.getSession({});
      session === undefined ? leave(true) : enter(session);
    } catch (error) {
      isSignedOut(error) ? leave(true) : setState({ kind: "failed", error });
    }
  }, [enter, leave]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the page is opened.
  useEffect(() => {
    if (state.kind === "loading") {
      void load();
    }
  }, []);
  useEffect(() => onSessionEnd(() => leave(true)), [leave]);
  useEffect(reloadWhenAnotherTabSignsIn, []);

  const current = useMemo(() => (state.kind === "in" ? currentOf(state.session, leave) : undefined), [state, leave]);
  if (current !== undefined) {
    return <Context value={current}>{children}</Context>;
  }
  if (state.kind === "out") {
    return (
      <Suspense fallback={<Splash />}>
        <SignIn hasEnded={state.hasEnded} onSignedIn={signIn} />
      </Suspense>
    );
  }
  return <Splash {...(state.kind === "failed" && { error: state.error, onRetry: load })} />;
}

/** The cookie is of all tabs: when another one signs in, this page would show one identity and call as another. */
function reloadWhenAnotherTabSignsIn(): () => void {
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (key === HINT && newValue !== null) {
      location.reload();
    }
  };
  addEventListener("storage", onStorage);
  return () => removeEventListener("storage", onStorage);
}

function currentOf(
  { isRoot, tokenName, siteKey, scopes }: Session,
  leave: (hasEnded: boolean) => void,
): CurrentSession {
  const has = (scope: Scope) => isRoot || scopes.includes(Scope.EVERYTHING) || scopes.includes(scope);
  return {
    isRoot,
    tokenName,
    siteKey: siteKey === "" ? undefined : siteKey,
    scopes,
    has,
    async signOut() {
      await client.deleteSession({});
      leave(false);
    },
  };
}
