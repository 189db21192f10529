import { lazy } from "react";
import { Link } from "wouter";
import { Button } from "../components/Button.tsx";
import { FlameIcon, PersonIcon, ThemeIcon } from "../components/icons.tsx";
import { paths } from "../routes.ts";
import styles from "./Header.module.css";
import { MenuOnDemand } from "./MenuOnDemand.tsx";
import { ProjectSwitcher } from "./ProjectSwitcher.tsx";

const loadTheme = () => import("./ThemeMenu.tsx");
const ThemeMenu = lazy(loadTheme);
const loadAccount = () => import("./AccountMenu.tsx");
const AccountMenu = lazy(loadAccount);

/** The head of every page: the way to the projects, and who is signed in. */
export function Header({ siteKey }: { readonly siteKey: string | undefined }) {
  return (
    <header className={styles.header}>
      <Link href={paths.projects()} className={styles.brand} aria-label="streakd: the projects">
        <FlameIcon size={26} />
        <span>streakd</span>
      </Link>
      <ProjectSwitcher siteKey={siteKey} />
      <div className={styles.end}>
        <MenuOnDemand
          menu={ThemeMenu}
          load={loadTheme}
          trigger={<Button kind="quiet" aria-label="Light or dark" icon={<ThemeIcon />} />}
        />
        <MenuOnDemand
          menu={AccountMenu}
          load={loadAccount}
          trigger={<Button kind="quiet" aria-label="Your session" icon={<PersonIcon />} />}
        />
      </div>
    </header>
  );
}
