import type { Answer, TestApp } from "./app.ts";

/** An amnesty, as REST shows it. */
export interface Amnesty {
  readonly amnestyId: string;
  readonly event?: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly actor: string;
  readonly createTime: string;
  readonly takenBack?: { readonly reason: string; readonly actor: string; readonly createTime: string };
}

/** The users whose streaks an amnesty would change. */
export interface Preview {
  readonly users: readonly { readonly userHash: string; readonly changes: readonly object[] }[];
  readonly lookedAt: number;
}

/** Creates a project with these widgets. */
export async function createProject(app: TestApp, siteKey: string, widgets: readonly object[]): Promise<void> {
  const { status, text } = await app.admin("POST", "/admin/projects", { siteKey, widgets });
  if (status !== 201) {
    throw new Error(`no project: ${status} ${text}`);
  }
}

/** Asks for an amnesty of a project, as root. */
export function declare(app: TestApp, siteKey: string, amnesty: object): Promise<Answer> {
  return app.admin("POST", `/admin/projects/${siteKey}/amnesties`, { reason: "Test", ...amnesty });
}

/** Asks to take one back. */
export function takeBack(app: TestApp, siteKey: string, amnestyId: string, body: object = {}): Promise<Answer> {
  const path = `/admin/projects/${siteKey}/amnesties/${encodeURIComponent(amnestyId)}:takeBack`;
  return app.admin("POST", path, { reason: "Test", ...body });
}

/** Lists the amnesties of a project. */
export async function amnestiesOf(app: TestApp, siteKey: string): Promise<readonly Amnesty[]> {
  const { status, text, json } = await app.admin("GET", `/admin/projects/${siteKey}/amnesties`);
  if (status !== 200) {
    throw new Error(`no amnesties: ${status} ${text}`);
  }
  return json.amnesties;
}

/** Previews an amnesty, or taking one back, for all users, in pages of this size. */
export async function preview(app: TestApp, siteKey: string, asked: object, pageSize = 1000): Promise<Preview> {
  const users: Preview["users"][number][] = [];
  let [lookedAt, pageToken] = [0, ""];
  do {
    const body = { ...asked, pageSize, pageToken };
    const { status, text, json } = await app.admin("POST", `/admin/projects/${siteKey}/amnesties:preview`, body);
    if (status !== 200) {
      throw new Error(`no preview: ${status} ${text}`);
    }
    users.push(...json.users);
    lookedAt += json.lookedAt;
    pageToken = json.nextPageToken;
  } while (pageToken !== "");
  return { users, lookedAt };
}

/** Records an event of a user of a project on each date. */
export async function doneOn(
  app: TestApp,
  siteKey: string,
  userHash: string,
  dates: readonly string[],
  event = "visit",
): Promise<void> {
  await Promise.all(dates.map((date) => app.record({ siteKey, userHash, event, ts: `${date}T09:00:00Z` })));
}
