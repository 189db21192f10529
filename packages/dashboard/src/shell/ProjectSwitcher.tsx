import { lazy } from "react";
import { ChevronsIcon } from "../components/icons.tsx";
import { useProjects } from "../projects.ts";
import { useSession } from "../session.tsx";
import styles from "./Header.module.css";
import { MenuOnDemand } from "./MenuOnDemand.tsx";

const load = () => import("./ProjectMenu.tsx");
const ProjectMenu = lazy(load);

/** The name of the project, and the way to the others. */
export function ProjectSwitcher({ siteKey }: { readonly siteKey: string | undefined }) {
  const session = useSession();
  const { projects } = useProjects();
  if (siteKey === undefined) {
    return undefined;
  }
  if (session.siteKey !== undefined) {
    return <span className={styles.fixed}>{siteKey}</span>;
  }
  const name = projects?.find((project) => project.siteKey === siteKey)?.name ?? siteKey;
  return (
    <MenuOnDemand
      menu={ProjectMenu}
      load={load}
      trigger={
        <button type="button" className={styles.switcher} aria-label={`Project ${name}: choose another`}>
          <span className={styles.name}>{name}</span>
          <ChevronsIcon />
        </button>
      }
    />
  );
}
