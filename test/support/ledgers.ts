import type { Answer, TestApp } from "./app.ts";

/** What a request did to one user, as REST shows it. */
export interface Result {
  readonly userHash: string;
  readonly outcome: string;
  readonly changes: readonly {
    readonly event: string;
    readonly currentBefore: number;
    readonly currentAfter: number;
    readonly bestBefore: number;
    readonly bestAfter: number;
    readonly freezesBefore?: number;
    readonly freezesAfter?: number;
  }[];
}

/** The changes of ledgers, as the last part of their paths. */
export type LedgerVerb = "pause" | "unpause" | "grantFreezes" | "optOut" | "optIn" | "repair" | "takeBack";

/** Asks for a change of ledgers of the project `shop`, as root. */
export function changeLedgers(app: TestApp, verb: LedgerVerb, body: object): Promise<Answer> {
  return app.admin("POST", `/admin/projects/shop/ledger:${verb}`, { reason: "Test", ...body });
}

/** The same, where it must succeed. */
export async function changed(app: TestApp, verb: LedgerVerb, body: object): Promise<readonly Result[]> {
  const { status, text, json } = await changeLedgers(app, verb, body);
  if (status !== 200) {
    throw new Error(`not changed: ${status} ${text}`);
  }
  return json.results;
}

/** The outcomes of a request, in the order of its users. */
export const outcomesOf = (results: readonly Result[]): string[] => results.map(({ outcome }) => outcome);

/** Lists the ledger of a user of the project `shop`. */
export async function ledgerOf(app: TestApp, userHash: string) {
  const { status, text, json } = await app.admin(
    "GET",
    `/admin/projects/shop/users/${encodeURIComponent(userHash)}/ledger`,
  );
  if (status !== 200) {
    throw new Error(`no ledger: ${status} ${text}`);
  }
  return json.entries;
}

/** Records an event of a user of the project `shop` on each date, at noon. */
export async function doneOn(app: TestApp, userHash: string, dates: readonly string[], event = "visit"): Promise<void> {
  await Promise.all(dates.map((date) => app.record({ siteKey: "shop", userHash, event, ts: `${date}T09:00:00Z` })));
}
