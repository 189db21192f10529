import { Skeleton } from "../../components/States.tsx";
import styles from "./UserPage.module.css";

/** About the size of a user with two events. */
export function UserSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label="Loading">
      <Skeleton width="8rem" height="2.25rem" />
      <Skeleton height="19rem" />
      <Skeleton height="19rem" />
    </div>
  );
}
