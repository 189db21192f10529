import { FlameIcon } from "./icons.tsx";
import styles from "./Splash.module.css";
import { ErrorState } from "./States.tsx";

/** The whole page while it is not known who is signed in, or when that can't be found out. */
export function Splash({ error, onRetry }: { readonly error?: unknown; readonly onRetry?: () => unknown }) {
  return (
    <main className={styles.splash}>
      {error === undefined ? (
        <div role="status" aria-label="Loading" className={styles.flame}>
          <FlameIcon size={40} />
        </div>
      ) : (
        <ErrorState error={error} {...(onRetry && { onRetry })} />
      )}
    </main>
  );
}
