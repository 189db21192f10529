import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

// A token is remembered for half a second. In that time its project may have been deleted, and another one made that has
// the same siteKey.

const PROJECT = { siteKey: "shop", signedUsers: "always", widgets: [{ event: "visit" }] };
const LEDGER = { userHashes: ["u"], entryId: "p", reason: "Stolen" };
const AMNESTY = { from: "2024-01-01", to: "2024-01-01" };
const ZONES = { wrongZone: "UTC", rightZone: "Asia/Tokyo" };
const EVENT = { siteKey: "shop", userHash: "u", event: "visit" };

/** For each method that names a project and may be called with its token: the call. */
const CALLS: Readonly<Record<string, readonly [method: string, path: string, body?: object]>> = {
  aliasUser: ["POST", "/admin/alias", { siteKey: "shop", anonymousId: "a", userHash: "u" }],
  getProject: ["GET", "/admin/projects/shop"],
  updateProject: ["PATCH", "/admin/projects/shop", { name: "Stolen" }],
  createToken: ["POST", "/admin/tokens", { name: "made", siteKey: "shop", scopes: ["everything"] }],
  listTokens: ["GET", "/admin/tokens?siteKey=shop"],
  listUsers: ["GET", "/admin/projects/shop/users"],
  getUser: ["GET", "/admin/projects/shop/users/u"],
  correctZone: ["POST", "/admin/projects/shop/users/u:correctZone", { ...ZONES, reason: "Stolen" }],
  getUsage: ["GET", "/admin/projects/shop/usage"],
  getTraffic: ["GET", "/admin/projects/shop/traffic"],
  explainStreak: ["GET", "/admin/projects/shop/users/u/streaks/visit:explain"],
  previewRules: ["POST", "/admin/projects/shop/rules:preview", { widget: { event: "visit" } }],
  pauseStreaks: ["POST", "/admin/projects/shop/ledger:pause", { ...LEDGER, from: "2024-01-01" }],
  unpauseStreaks: ["POST", "/admin/projects/shop/ledger:unpause", LEDGER],
  grantFreezes: ["POST", "/admin/projects/shop/ledger:grantFreezes", { ...LEDGER, event: "visit", count: 1 }],
  optOutOfFreezes: ["POST", "/admin/projects/shop/ledger:optOut", LEDGER],
  optInToFreezes: ["POST", "/admin/projects/shop/ledger:optIn", LEDGER],
  repairStreaks: ["POST", "/admin/projects/shop/ledger:repair", { ...LEDGER, event: "visit" }],
  takeBackEntry: ["POST", "/admin/projects/shop/ledger:takeBack", { ...LEDGER, takenBackId: "q" }],
  listLedgerEntries: ["GET", "/admin/projects/shop/users/u/ledger"],
  declareAmnesty: ["POST", "/admin/projects/shop/amnesties", { amnestyId: "a", ...AMNESTY, reason: "Stolen" }],
  takeBackAmnesty: ["POST", "/admin/projects/shop/amnesties/a:takeBack", { reason: "Stolen" }],
  listAmnesties: ["GET", "/admin/projects/shop/amnesties"],
  previewAmnesty: ["POST", "/admin/projects/shop/amnesties:preview", AMNESTY],
  getActivity: ["GET", "/admin/projects/shop/analytics/activity"],
  getStreaks: ["GET", "/admin/projects/shop/analytics/streaks"],
  getSurvival: ["GET", "/admin/projects/shop/analytics/survival"],
  getRetention: ["GET", "/admin/projects/shop/analytics/retention"],
  getHours: ["GET", "/admin/projects/shop/analytics/hours"],
  getMilestones: ["GET", "/admin/projects/shop/analytics/milestones"],
  getMetaValues: ["GET", "/admin/projects/shop/analytics/metaValues?key=plan"],
  createSigningSecret: ["POST", "/admin/projects/shop/signingSecrets"],
  listSigningSecrets: ["GET", "/admin/projects/shop/signingSecrets"],
  deleteSigningSecret: ["DELETE", "/admin/projects/shop/signingSecrets/none"],
};

/** Returns a secret whose project was deleted since it was used, and whose siteKey a new project has. */
async function useThenReplaceProject(app: TestApp): Promise<string> {
  await app.admin("POST", "/admin/projects", PROJECT);
  const { secret } = await makeToken(app, { siteKey: "shop", scopes: ["everything"] });
  expect(outcomeOf(await callAs(app, secret, "GET", "/admin/projects/shop"))).toBe("200");
  await app.admin("DELETE", "/admin/projects/shop");
  await app.admin("POST", "/admin/projects", PROJECT);
  return secret;
}

test("every method that names a project, and that a project's token may call, is tried", () => {
  const named = contracts.filter(
    ({ access, siteKeyOf }) => typeof access !== "string" && !access.allProjects && siteKeyOf !== undefined,
  );
  const names = named.map(({ method }) => method.localName).filter((name) => name !== "listAuditEntries");
  expect(names.toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

test.each(Object.entries(CALLS))("%s: a token of a deleted project is refused by the next one", async (_, call) => {
  const app = await openApp();
  const secret = await useThenReplaceProject(app);
  const answer = await callAs(app, secret, ...call);
  // Unknown, where the half second is over.
  expect(["403 FORBIDDEN", "401 UNAUTHORIZED"]).toContain(outcomeOf(answer));
  const [tokens, secrets, project] = await Promise.all([
    app.admin("GET", "/admin/tokens?siteKey=shop"),
    app.admin("GET", "/admin/projects/shop/signingSecrets"),
    app.admin("GET", "/admin/projects/shop"),
  ]);
  expect([tokens.json.tokens, secrets.json.signingSecrets, project.json.name]).toEqual([[], [], "shop"]);
});

test("a token of a deleted project does not stand in for the next one's user tokens", async () => {
  const app = await openApp();
  const secret = await useThenReplaceProject(app);
  const recorded = await callAs(app, secret, "POST", "/v1/e", EVENT);
  const read = await callAs(app, secret, "GET", `/v1/state?${new URLSearchParams(EVENT)}`);
  expect([outcomeOf(recorded), outcomeOf(read)]).toEqual(["401 USER_TOKEN_REQUIRED", "401 USER_TOKEN_REQUIRED"]);
});

test("a token of a deleted project reads none of the next one's audit log", async () => {
  const app = await openApp();
  const secret = await useThenReplaceProject(app);
  await app.admin("PATCH", "/admin/projects/shop", { name: "New" });
  const path = "/admin/audit?siteKey=shop";
  expect((await app.admin("GET", path)).text).toContain("New");
  const answer = await callAs(app, secret, "GET", path);
  expect(["200", "401 UNAUTHORIZED"]).toContain(outcomeOf(answer));
  expect(answer.text).not.toContain("New");
});
