import { SkeletonLines } from "../../components/States.tsx";
import styles from "./Settings.module.css";

/** What stands in a card where rows will be. */
export function ListSkeleton({ lines }: { readonly lines: number }) {
  return (
    <div className={styles.loading}>
      <SkeletonLines lines={lines} height="2.5rem" />
    </div>
  );
}
