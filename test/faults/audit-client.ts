import type { Server } from "../support/server.ts";

/** An entry, as far as these tests look into it. */
export interface Entry {
  readonly id: string;
  readonly outcome: string;
  readonly method: string;
  readonly siteKey: string;
  readonly after?: { readonly name?: string };
}

/** Calls as root. */
export function send({ url, adminToken }: Server, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: { "X-Admin-Token": adminToken, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Reads the whole log, a page at a time. */
export async function readAll(server: Server): Promise<Entry[]> {
  const entries: Entry[] = [];
  let pageToken = "";
  do {
    const page = (await (await send(server, "GET", `/admin/audit?pageSize=200&pageToken=${pageToken}`)).json()) as {
      entries: Entry[];
      nextPageToken: string;
    };
    entries.push(...page.entries);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return entries;
}
