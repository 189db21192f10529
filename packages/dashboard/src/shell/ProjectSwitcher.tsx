import { useLocation } from "wouter";
import { ChevronsIcon, PlusIcon } from "../components/icons.tsx";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "../components/Menu.tsx";
import { useProjects } from "../projects.ts";
import { PROJECT_PAGES, paths, type Route } from "../routes.ts";
import { useSession } from "../session.tsx";
import styles from "./Header.module.css";

/** The name of the project, and the way to the others. It leads to the same page of the other project. */
export function ProjectSwitcher({
  siteKey,
  route,
}: {
  readonly siteKey: string | undefined;
  readonly route: Route | undefined;
}) {
  const session = useSession();
  const { projects } = useProjects();
  const [, navigate] = useLocation();
  if (siteKey === undefined) {
    return undefined;
  }
  if (session.siteKey !== undefined) {
    return <span className={styles.fixed}>{siteKey}</span>;
  }
  const page = PROJECT_PAGES.find((each) => each === route?.page) ?? "overview";
  const name = projects?.find((project) => project.siteKey === siteKey)?.name ?? siteKey;
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={styles.switcher} aria-label={`Project ${name}: choose another`}>
          <span className={styles.name}>{name}</span>
          <ChevronsIcon />
        </button>
      }
    >
      <MenuChoice
        label="Projects"
        value={siteKey}
        onValue={(chosen) => navigate(paths.project(chosen, page))}
        options={(projects ?? []).map((project) => ({ value: project.siteKey, label: project.name }))}
      />
      <MenuSeparator />
      <MenuItem icon={<PlusIcon />} onSelect={() => navigate(paths.projects())}>
        All projects
      </MenuItem>
    </Menu>
  );
}
