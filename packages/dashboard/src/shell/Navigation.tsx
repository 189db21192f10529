import type { ReactNode } from "react";
import { Link } from "wouter";
import { OverviewIcon, SettingsIcon, StartIcon, SystemIcon, UsersIcon, WidgetsIcon } from "../components/icons.tsx";
import { type ProjectPage, paths, type Route } from "../routes.ts";
import { useSession } from "../session.tsx";
import styles from "./Navigation.module.css";

const LINKS: readonly { readonly page: ProjectPage; readonly label: string; readonly icon: ReactNode }[] = [
  { page: "overview", label: "Overview", icon: <OverviewIcon /> },
  { page: "users", label: "Users", icon: <UsersIcon /> },
  { page: "widgets", label: "Widgets", icon: <WidgetsIcon /> },
  { page: "settings", label: "Settings", icon: <SettingsIcon /> },
  { page: "start", label: "Start", icon: <StartIcon /> },
];

/** The links to the pages: at the side, on narrow screens at the bottom. */
export function Navigation({
  siteKey,
  route,
}: {
  readonly siteKey: string | undefined;
  readonly route: Route | undefined;
}) {
  const { isRoot } = useSession();
  return (
    <nav className={styles.navigation} aria-label="Pages">
      {siteKey === undefined ? (
        <NavigationLink
          href={paths.projects()}
          label="Projects"
          icon={<WidgetsIcon />}
          isHere={route?.page === "projects"}
        />
      ) : (
        LINKS.map(({ page, label, icon }) => (
          <NavigationLink
            key={page}
            href={paths.project(siteKey, page)}
            label={label}
            icon={icon}
            isHere={route?.page === page}
          />
        ))
      )}
      {isRoot && (
        <NavigationLink
          href={paths.system()}
          label="System"
          icon={<SystemIcon />}
          isHere={route?.page === "system"}
          isApart
        />
      )}
    </nav>
  );
}

function NavigationLink({
  href,
  label,
  icon,
  isHere,
  isApart = false,
}: {
  readonly href: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly isHere: boolean;
  readonly isApart?: boolean;
}) {
  return (
    <Link
      href={href}
      aria-current={isHere ? "page" : undefined}
      className={`${styles.link} ${isApart ? styles.apart : ""}`}
    >
      {icon}
      <span>{label}</span>
    </Link>
  );
}
