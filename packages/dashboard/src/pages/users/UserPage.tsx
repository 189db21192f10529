import { useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { buttonClass } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { Framed } from "../../components/Framed.tsx";
import { ChevronRightIcon, PersonIcon } from "../../components/icons.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { EmptyState } from "../../components/States.tsx";
import { isProblem, problemOf } from "../../errors.ts";
import { paths } from "../../routes.ts";
import { Aliases } from "./Aliases.tsx";
import { yearOf } from "./calendar.ts";
import { EventCard } from "./EventCard.tsx";
import { Freezes } from "./ledger/Freezes.tsx";
import { Pauses } from "./ledger/Pauses.tsx";
import { Repairs } from "./ledger/Repairs.tsx";
import { RecentEvents } from "./RecentEvents.tsx";
import { UserActions } from "./UserActions.tsx";
import { UserFacts } from "./UserFacts.tsx";
import styles from "./UserPage.module.css";
import { UserSkeleton } from "./UserSkeleton.tsx";
import { YearSwitch } from "./YearSwitch.tsx";

/** The parameter of the address that names the event whose streak is explained. */
const EXPLAINED = "why";

/** Everything about one user, who may be asked for by an alias. */
export function UserPage({ siteKey, userHash }: { readonly siteKey: string; readonly userHash: string }) {
  const [chosen, setChosen] = useState<number>();
  const [browsersYear] = useState(() => new Date().getFullYear());
  const query = useUser(siteKey, userHash, chosen ?? browsersYear);
  const { user, error, isPlaceholderData } = query;

  // The year of the user's own today differs from the browser's around New Year.
  const today = user?.today;
  if (chosen === undefined && today !== undefined && yearOf(today) !== browsersYear) {
    setChosen(yearOf(today));
  }

  return (
    <>
      <nav aria-label="Way back" className={styles.back}>
        <Link href={paths.project(siteKey, "users")}>
          <ChevronRightIcon />
          Users
        </Link>
      </nav>
      <PageHeader
        title={user?.userHash ?? userHash}
        about={user && <UserFacts user={user} />}
        actions={user && <UserActions siteKey={siteKey} user={user} />}
      />
      {user === undefined && isProblem(error, "NOT_FOUND") ? (
        <NoSuchUser siteKey={siteKey} message={problemOf(error).message} />
      ) : (
        <Framed
          query={{ ...query, data: user && today !== undefined ? { user, today } : undefined }}
          skeleton={<UserSkeleton />}
        >
          {(read) => (
            <Whole
              {...read}
              siteKey={siteKey}
              requested={userHash}
              year={chosen ?? yearOf(read.today)}
              isOld={isPlaceholderData}
              onYear={setChosen}
            />
          )}
        </Framed>
      )}
    </>
  );
}

function useUser(siteKey: string, userHash: string, year: number) {
  const query = useQuery(
    AdminService.method.getUser,
    { siteKey, userHash, year },
    { placeholderData: keepPreviousData },
  );
  return { ...query, user: query.data?.user };
}

interface WholeProps {
  readonly siteKey: string;
  readonly user: User;
  /** The name in the address. */
  readonly requested: string;
  readonly today: string;
  readonly year: number;
  /** Whether what is shown is of the year before, because that of `year` is on its way. */
  readonly isOld: boolean;
  readonly onYear: (year: number) => void;
}

function Whole({ siteKey, user, requested, today, year, isOld, onYear }: WholeProps) {
  const { userHash, streaks, firstActiveDate = today, lastActiveDate = today } = user;
  // Which streak is explained is in the address, so that a link shows somebody else the same.
  const [search, setSearch] = useSearchParams();
  const explained = search.get(EXPLAINED);
  return (
    <div className={styles.page}>
      {requested !== userHash && (
        <Notice kind="info">
          <bdi className={styles.name}>{requested}</bdi> is an alias of this user.
        </Notice>
      )}
      {streaks.length === 0 ? (
        <NoDays />
      ) : (
        <section className={styles.streaks} aria-label="Streaks">
          <div className={styles.bar}>
            <h2>Streaks</h2>
            <YearSwitch
              year={year}
              first={yearOf(firstActiveDate < today ? firstActiveDate : today)}
              last={yearOf(lastActiveDate > today ? lastActiveDate : today)}
              onYear={onYear}
            />
          </div>
          <div className={isOld ? styles.old : styles.streaks} aria-busy={isOld}>
            {streaks.map((streak) => (
              <EventCard
                key={streak.event}
                {...{ siteKey, userHash, streak }}
                today={streak.today ?? today}
                year={streak.calendar?.year ?? year}
                isExplained={streak.event === explained}
                onExplain={(isExplained) =>
                  setSearch(isExplained ? { [EXPLAINED]: streak.event } : {}, { replace: true })
                }
              />
            ))}
          </div>
        </section>
      )}
      <Pauses {...{ siteKey, user, today }} />
      <Freezes {...{ siteKey, user, today }} />
      <Repairs {...{ siteKey, user, today }} />
      <div className={styles.columns}>
        <RecentEvents events={user.recentEvents} />
        <Aliases user={user} />
      </div>
    </div>
  );
}

/** For users of whom only impressions, clicks and a ledger are kept. */
function NoDays() {
  return (
    <Card>
      <EmptyState icon={<PersonIcon />} title="No day is done yet.">
        This user has done nothing yet that counts for a streak.
      </EmptyState>
    </Card>
  );
}

function NoSuchUser({ siteKey, message }: { readonly siteKey: string; readonly message: string }) {
  return (
    <Card>
      <EmptyState
        icon={<PersonIcon />}
        title="There is no such user."
        action={
          <Link href={paths.project(siteKey, "users")} className={buttonClass("secondary")}>
            Search the users
          </Link>
        }
      >
        {message} Upper and lower case differ.
      </EmptyState>
    </Card>
  );
}
