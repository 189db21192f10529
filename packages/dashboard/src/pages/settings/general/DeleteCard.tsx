import { useState } from "react";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import DeleteProject from "../../projects/DeleteProject.tsx";
import styles from "../Settings.module.css";

/** The part of the settings that deletes the project. */
export function DeleteCard({ project, onDeleted }: { readonly project: Project; readonly onDeleted: () => void }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title="Delete the project">
      <div className={styles.danger}>
        <p className={styles.muted}>Its users and their streaks are deleted with it. This can’t be undone.</p>
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete project
        </Button>
      </div>
      {isAsking && <DeleteProject project={project} onClose={() => setAsking(false)} onDeleted={onDeleted} />}
    </Card>
  );
}
