import type { Page } from "playwright-core";
import { BOOK_CLUB, PAUSED_READER, READER, REPAIRED_READER } from "./book-club.ts";

/** The projects that the pictures show: that of the demo, and one that nobody has used yet. */
export const DEMO = "demo_app";
export const NEW = "my_app";

/** A page to take pictures of. */
export interface PicturedPage {
  /** What its pictures are called. */
  readonly name: string;
  readonly path: string;
  /** Something that is there when the page has what it shows. */
  readonly sign: (page: Page) => ReturnType<Page["locator"]>;
  /** Whether it is shown to somebody who has not signed in. */
  readonly isPublic?: boolean;
  /** How high its pictures are at most, in pixels; `MAX_HEIGHT` when not given. */
  readonly maxHeight?: number;
}

/** How high a picture is at most, in pixels, unless its page says otherwise. */
export const MAX_HEIGHT = 1400;

const ofDemo = (page: string) => `/dashboard/p/${DEMO}/${page}`;

/** Every page of the dashboard, and the API reference. */
export const PAGES: readonly PicturedPage[] = [
  { name: "sign-in", path: "/dashboard/", isPublic: true, sign: (page) => page.getByLabel("Token", { exact: true }) },
  { name: "projects", path: "/dashboard/", sign: (page) => page.getByRole("link", { name: "Polyglot (a demo)" }) },
  {
    ...{ name: "start", path: `/dashboard/p/${NEW}/start` },
    sign: (page) => page.getByText("Waiting for your first event…"),
  },
  {
    ...{ name: "overview", path: ofDemo("overview") },
    sign: (page) => page.locator(".recharts-surface").last(),
    // Down to the end of its second row of charts.
    maxHeight: 1210,
  },
  {
    ...{ name: "overview-whole", path: ofDemo("overview") },
    sign: (page) => page.locator(".recharts-surface").last(),
    maxHeight: 6500,
  },
  { name: "users", path: ofDemo("users"), sign: (page) => page.locator("tbody tr").first() },
  {
    ...{ name: "user", path: ofDemo("users/user_00017") },
    sign: (page) => page.getByRole("region", { name: "visit", exact: true }),
  },
  { name: "widgets", path: ofDemo("widgets"), sign: (page) => page.locator("tbody tr").first() },
  {
    ...{ name: "widget", path: ofDemo("widgets?event=lesson_done") },
    sign: (page) => page.getByRole("region", { name: "Preview", exact: true }).locator(".number").first(),
    // Down to the end of the form.
    maxHeight: 3000,
  },
  {
    ...{ name: "rules", path: `/dashboard/p/${BOOK_CLUB}/widgets?event=chapter_read` },
    sign: (page) => page.getByText("Best streak"),
    // Down to the end of the rules.
    maxHeight: 1875,
  },
  {
    ...{ name: "explain", path: `/dashboard/p/${BOOK_CLUB}/users/${READER}?why=chapter_read` },
    sign: (page) => page.getByText("the run since"),
    maxHeight: 1500,
  },
  {
    ...{ name: "pauses", path: `/dashboard/p/${BOOK_CLUB}/users/${PAUSED_READER}` },
    sign: (page) => page.getByText("not-wales-2"),
    // Down to the end of the pauses.
    maxHeight: 1300,
  },
  {
    ...{ name: "freezes", path: `/dashboard/p/${BOOK_CLUB}/users/${READER}` },
    sign: (page) => page.getByText("not-twice"),
    // Down to the end of the freezes.
    maxHeight: 1455,
  },
  {
    ...{ name: "repairs", path: `/dashboard/p/${BOOK_CLUB}/users/${REPAIRED_READER}?why=page_read` },
    sign: (page) => page.getByText("not-lia"),
    // Down to the end of the repairs.
    maxHeight: 2276,
  },
  {
    ...{ name: "amnesties", path: `/dashboard/p/${BOOK_CLUB}/users?tab=amnesties` },
    sign: (page) => page.getByText("outage-2026-08-19"),
  },
  { name: "settings", path: ofDemo("settings"), sign: (page) => page.getByLabel("Time zone").first() },
  { name: "system", path: "/dashboard/system", sign: (page) => page.locator("tbody tr").first() },
  { name: "reference", path: "/docs", isPublic: true, sign: (page) => page.locator(".opblock").first() },
];
