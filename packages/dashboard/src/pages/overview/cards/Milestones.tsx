import { Link } from "wouter";
import { Card } from "../../../components/Card.tsx";
import { Framed } from "../../../components/Framed.tsx";
import { EmptyState, SkeletonLines } from "../../../components/States.tsx";
import { paths } from "../../../routes.ts";
import { BarTable } from "../charts/BarTable.tsx";
import { lengthInWords } from "../numbers/units.ts";
import styles from "../Overview.module.css";
import { type SubjectOfDays, useMilestones } from "../queries.ts";
import { useUnits } from "../use-units.ts";

/** How many users have reached each milestone. */
export function Milestones({ subject }: { readonly subject: SubjectOfDays }) {
  const query = useMilestones(subject);
  const unitOf = useUnits(subject.siteKey);
  return (
    <Card
      title="Milestones"
      about="How many users have ever reached each milestone, and how many of them in these days."
    >
      <Framed query={query} skeleton={<SkeletonLines lines={1} height="15rem" />}>
        {({ milestones }) =>
          milestones.length === 0 ? (
            <EmptyState title="No milestones yet">
              <Link href={paths.project(subject.siteKey, "widgets")}>Add some to a widget</Link>: numbers of days that
              are worth a celebration.
            </EmptyState>
          ) : (
            <div className={styles.list}>
              <BarTable
                caption="Milestones"
                nameTitle="Milestone"
                valueTitles={["Ever", "In these days"]}
                rows={milestones.map(({ event, id, target, users, usersInRange }) => ({
                  key: `${event} ${id}`,
                  name: (
                    <>
                      {lengthInWords(target, unitOf(event))} <span className={styles.quiet}>of {event}</span>
                    </>
                  ),
                  values: [users, usersInRange],
                }))}
              />
            </div>
          )
        }
      </Framed>
    </Card>
  );
}
