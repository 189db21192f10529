import type { User } from "#gen/streak/v1/user_pb.ts";
import { Card } from "../../components/Card.tsx";
import { formatNumber } from "../../format.ts";
import styles from "./Aliases.module.css";

/** The names that lead to a user. */
export function Aliases({ user: { aliases, hasMoreAliases } }: { readonly user: User }) {
  return (
    <Card title="Aliases" about="Names whose events and state are this user’s.">
      {aliases.length === 0 ? (
        <p className={styles.none}>None. The user’s events have always had the same name.</p>
      ) : (
        <>
          <ul className={styles.aliases}>
            {aliases.map((alias) => (
              <li key={alias}>
                <bdi>{alias}</bdi>
              </li>
            ))}
          </ul>
          {hasMoreAliases && <p className={styles.none}>These are {formatNumber(aliases.length)}; there are more.</p>}
        </>
      )}
    </Card>
  );
}
