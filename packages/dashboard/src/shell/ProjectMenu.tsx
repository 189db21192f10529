import { useLocation } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { PlusIcon } from "../components/icons.tsx";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "../components/Menu.tsx";
import { useProjects } from "../projects.ts";
import { PROJECT_PAGES, paths, routeOf } from "../routes.ts";
import type { OnDemandProps } from "./MenuOnDemand.tsx";

/** The way to other projects. It leads to the same page of the other project. */
export default function ProjectMenu({ trigger }: OnDemandProps) {
  const { projects = [] } = useProjects();
  const [, navigate] = useLocation();
  const route = routeOf(usePathname());
  const page = PROJECT_PAGES.find((each) => each === route?.page) ?? "overview";
  return (
    <Menu align="start" trigger={trigger} isOpenAtFirst>
      <MenuChoice
        label="Projects"
        value={route !== undefined && "siteKey" in route ? route.siteKey : ""}
        onValue={(chosen) => navigate(paths.project(chosen, page))}
        options={projects.map(({ siteKey, name }) => ({ value: siteKey, label: name }))}
      />
      <MenuSeparator />
      <MenuItem icon={<PlusIcon />} onSelect={() => navigate(paths.projects())}>
        All projects
      </MenuItem>
    </Menu>
  );
}
