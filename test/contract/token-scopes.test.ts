import { beforeAll, describe, expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import type { MethodContract, ScopedAccess } from "#src/call/contract.ts";
import { SCOPES, type Scope } from "#src/domain/token.ts";
import { type TestApp, useApp } from "../support/app.ts";
import { callAs, type MadeToken, makeToken } from "../support/tokens.ts";

// Every scope is tried against every method there is, by RPC, which has all of them. A method that comes later is tried as
// well; one that names a project also needs a request below.

/** For each method that names a project: a request that is well-formed, for a project of this `siteKey`. */
const REQUESTS: Readonly<Record<string, (siteKey: string) => object>> = {
  recordEvent: (siteKey) => ({ siteKey, userHash: "u", event: "visit" }),
  getState: (siteKey) => ({ siteKey, userHash: "u", event: "visit" }),
  aliasUser: (siteKey) => ({ siteKey, anonymousId: "a", userHash: "u" }),
  getProject: (siteKey) => ({ siteKey }),
  updateProject: (siteKey) => ({ project: { siteKey, name: "Another" }, updateMask: "name" }),
  createToken: (siteKey) => ({ token: { name: "made", siteKey, scopes: ["states:read"] } }),
  listUsers: (siteKey) => ({ siteKey }),
  getUsage: (siteKey) => ({ siteKey }),
  getTraffic: (siteKey) => ({ siteKey }),
  explainStreak: (siteKey) => ({ siteKey, userHash: "u", event: "visit" }),
  previewRules: (siteKey) => ({ siteKey, widget: { event: "visit" } }),
  correctZone: (siteKey) => ({ siteKey, userHash: "u", wrongZone: "UTC", rightZone: "Asia/Tokyo", reason: "wrong" }),
  pauseStreaks: (siteKey) => ({ siteKey, userHashes: ["u"], entryId: "p", reason: "ill", from: "2024-01-01" }),
  unpauseStreaks: (siteKey) => ({ siteKey, userHashes: ["u"], entryId: "u", reason: "back" }),
  grantFreezes: (siteKey) => ({ ...freezes("g", siteKey), event: "visit", count: 1 }),
  optOutOfFreezes: (siteKey) => freezes("o", siteKey),
  optInToFreezes: (siteKey) => freezes("i", siteKey),
  repairStreaks: (siteKey) => ({ ...freezes("r", siteKey), event: "visit" }),
  takeBackEntry: (siteKey) => ({ siteKey, userHashes: ["u"], entryId: "t", reason: "wrong", takenBackId: "p" }),
  listLedgerEntries: (siteKey) => ({ siteKey, userHash: "u" }),
  declareAmnesty: (siteKey) => ({ siteKey, amnestyId: "a", from: "2024-01-01", to: "2024-01-01", reason: "down" }),
  takeBackAmnesty: (siteKey) => ({ siteKey, amnestyId: "a", reason: "wrong" }),
  listAmnesties: (siteKey) => ({ siteKey }),
  previewAmnesty: (siteKey) => ({ siteKey, from: "2024-01-01", to: "2024-01-01" }),
  getActivity: (siteKey) => ({ siteKey }),
  getStreaks: (siteKey) => ({ siteKey }),
  getSurvival: (siteKey) => ({ siteKey }),
  getRetention: (siteKey) => ({ siteKey }),
  getHours: (siteKey) => ({ siteKey }),
  getMilestones: (siteKey) => ({ siteKey }),
  getMetaValues: (siteKey) => ({ siteKey, key: "plan" }),
  getUser: (siteKey) => ({ siteKey, userHash: "u" }),
  createSigningSecret: (siteKey) => ({ siteKey }),
  listSigningSecrets: (siteKey) => ({ siteKey }),
  deleteSigningSecret: (siteKey) => ({ siteKey, signingSecretId: "none" }),
  listTokens: (siteKey) => ({ siteKey }),
  listAuditEntries: (siteKey) => ({ siteKey }),
};

const freezes = (entryId: string, siteKey: string) => ({ siteKey, userHashes: ["u"], entryId, reason: "gift" });

/** For each method whose handler finds the project: a request for a token. */
const BY_TOKEN: Readonly<Record<string, (tokenId: string) => object>> = {
  getToken: (tokenId) => ({ tokenId }),
  rotateToken: (tokenId) => ({ tokenId }),
  revokeToken: (tokenId) => ({ tokenId }),
};

const running = useApp();
/** A token for all projects, and one for `mine`, of each scope. */
let forAll: Readonly<Record<Scope, MadeToken>>;
let forMine: Readonly<Record<Scope, MadeToken>>;

beforeAll(async () => {
  const { app } = running;
  for (const siteKey of ["mine", "other"]) {
    const analytics = { metaKeys: ["plan"] };
    const widgets = [{ event: "visit", rules: { freezes: {} } }];
    await app.admin("POST", "/admin/projects", { siteKey, widgets, analytics });
  }
  const oneOfEach = async (siteKey: string) => {
    const made = SCOPES.map(async (scope) => [scope, await makeToken(app, { siteKey, scopes: [scope] })]);
    return Object.fromEntries(await Promise.all(made));
  };
  [forAll, forMine] = [await oneOfEach(""), await oneOfEach("mine")];
});

/** All but those of sign-in sessions, which a token in a header has nothing to do with. */
const methods = contracts
  .filter(({ access }) => access !== "own session")
  .map((contract) => [contract.method.localName, contract] as const);
const scoped = methods.filter(([, { access }]) => access !== "anyone") as [string, MethodContract][];
const scopeOf = ({ access }: MethodContract) => (access as ScopedAccess).scope;

/** Calls a method, and returns the status, and the code with the message of a refusal. */
async function call(app: TestApp, { method }: MethodContract, secret: string, request: object) {
  const path = `/${method.parent.typeName}/${method.name}`;
  const { status, json } = await callAs(app, secret, "POST", path, request);
  const reason: string | undefined = json?.details?.[0]?.debug?.reason;
  return { status, reason, message: json?.message as string | undefined };
}

describe.each(methods)("%s", (_, contract) => {
  test.each(SCOPES)("with a token that has %s alone", async (scope) => {
    const { status, reason, message } = await call(running.app, contract, forAll[scope].secret, {});
    if (contract.access === "anyone" || scope === "everything" || scope === scopeOf(contract)) {
      expect([401, 403]).not.toContain(status);
    } else {
      expect([status, reason]).toEqual([403, "FORBIDDEN"]);
      expect(message).toBe(`The token "CI" lacks the scope ${scopeOf(contract)}. It has ${scope}.`);
    }
  });
});

test("every scope that a method needs is one that a token can have", () => {
  expect(scoped.map(([, contract]) => scopeOf(contract)).filter((scope) => !SCOPES.includes(scope as Scope))).toEqual(
    [],
  );
});

describe.each(scoped.filter(([, { siteKeyOf }]) => siteKeyOf !== undefined))(
  "%s with a project's token",
  (name, contract) => {
    const request = REQUESTS[name] as (siteKey: string) => object;
    const own = () => forMine[scopeOf(contract) as Scope].secret;

    test("reaches the project", async () => {
      // In its project the token finds out that there is no such signing secret, and no streak to repair.
      expect([undefined, "NOT_FOUND", "NOT_REPAIRABLE"]).toContain(
        (await call(running.app, contract, own(), request("mine"))).reason,
      );
    });

    test("reaches no other project, be it there or not, and not all of them", async () => {
      for (const siteKey of ["other", "proj_demo", "none", "mine2", "MINE", ""]) {
        const { reason, message } = await call(running.app, contract, own(), request(siteKey));
        // A request that must name a project is not well-formed without.
        expect(siteKey === "" ? ["FORBIDDEN", "INVALID_BODY"] : ["FORBIDDEN"], siteKey).toContain(reason);
        expect(reason === "FORBIDDEN" ? message : 'for the project "mine"').toContain('for the project "mine"');
      }
      const projects = await running.app.admin("GET", "/admin/projects/other");
      expect(projects.json.name).toBe("other");
    });
  },
);

describe.each(scoped.filter(([, { access }]) => (access as ScopedAccess).allProjects))(
  "%s, which reaches all projects",
  (_, contract) => {
    test("refuses a project's token, whatever its request says", async () => {
      for (const scope of SCOPES) {
        expect((await call(running.app, contract, forMine[scope].secret, { siteKey: "mine" })).reason).toBe(
          "FORBIDDEN",
        );
      }
    });
  },
);

const byHandler = scoped.filter(([, { access, siteKeyOf }]) => !(access as ScopedAccess).allProjects && !siteKeyOf);
describe.each(byHandler)("%s, which names a token", (name, contract) => {
  const request = BY_TOKEN[name] as (tokenId: string) => object;

  test("finds the tokens of the caller's project alone, and all of them for a token for all projects", async () => {
    const { app } = running;
    const tokens = await Promise.all(
      ["mine", "other", ""].map((siteKey) => makeToken(app, { siteKey, scopes: ["states:read"] })),
    );
    const everyStatus = async ({ everything }: typeof forAll) =>
      Promise.all(tokens.map(async ({ id }) => (await call(app, contract, everything.secret, request(id))).status));
    expect(await everyStatus(forMine)).toEqual([200, 404, 404]);
    // The first is gone by now when the method is the one that revokes.
    expect((await everyStatus(forAll)).slice(1)).toEqual([200, 200]);
  });
});

test("a token of any scope is no hindrance where anyone may call, and neither is a wrong one", async () => {
  const { app } = running;
  const event = { siteKey: "other", userHash: "u", event: "visit" };
  const secrets = [...SCOPES.map((scope) => forMine[scope].secret), "wrong", `${forMine.everything.secret}x`];
  const statuses = secrets.map(async (secret) => (await callAs(app, secret, "POST", "/v1/e", event)).status);
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([202]));
});
