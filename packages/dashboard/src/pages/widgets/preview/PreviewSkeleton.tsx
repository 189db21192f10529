import { Card } from "../../../components/Card.tsx";
import { Skeleton } from "../../../components/States.tsx";
import styles from "./Preview.module.css";

/** As large as the preview, while its code is loaded. */
export function PreviewSkeleton() {
  return (
    <Card title="Preview" about="What a visitor sees, saved or not. Nothing is recorded.">
      <div className={styles.preview} role="status" aria-label="Loading">
        <Skeleton height="28rem" />
        <Skeleton height="9.5rem" />
      </div>
    </Card>
  );
}
