import { Link } from "wouter";
import { FlameIcon } from "../components/icons.tsx";
import { paths, type Route } from "../routes.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import styles from "./Header.module.css";
import { ProjectSwitcher } from "./ProjectSwitcher.tsx";
import { ThemeMenu } from "./ThemeMenu.tsx";

/** The head of every page: the way to the projects, and who is signed in. */
export function Header({
  siteKey,
  route,
}: {
  readonly siteKey: string | undefined;
  readonly route: Route | undefined;
}) {
  return (
    <header className={styles.header}>
      <Link href={paths.projects()} className={styles.brand} aria-label="streakd: the projects">
        <FlameIcon size={26} />
        <span>streakd</span>
      </Link>
      <ProjectSwitcher siteKey={siteKey} route={route} />
      <div className={styles.end}>
        <ThemeMenu />
        <AccountMenu />
      </div>
    </header>
  );
}
