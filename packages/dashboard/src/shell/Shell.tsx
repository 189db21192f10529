import { usePathname } from "wouter/use-browser-location";
import { type Route, routeOf } from "../routes.ts";
import { useSession } from "../session.tsx";
import { Header } from "./Header.tsx";
import { Navigation } from "./Navigation.tsx";
import { Page } from "./Page.tsx";
import styles from "./Shell.module.css";

/** The frame of every page: the header, the navigation, and the page itself. */
export default function Shell() {
  const { siteKey: ownSiteKey } = useSession();
  const route = routeOf(usePathname());
  const siteKey = siteKeyOf(route) ?? ownSiteKey;
  return (
    <div className={styles.shell}>
      <a href="#page" className={styles.skip}>
        Skip to the page
      </a>
      <Header siteKey={siteKey} />
      <Navigation siteKey={siteKey} route={route} />
      <main id="page" tabIndex={-1} className={styles.main}>
        <Page route={route} />
      </main>
    </div>
  );
}

function siteKeyOf(route: Route | undefined): string | undefined {
  return route !== undefined && "siteKey" in route ? route.siteKey : undefined;
}
