import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_TOKENS_OF_PROJECT } from "#src/domain/token.ts";
import { StreakdError } from "#src/errors.ts";
import { ADMIN, startBridge } from "../rest/bridge-server.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";
import { type MadeSecret, makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { type Server, startServer } from "../support/server.ts";
import { signIn } from "../support/sign-in.ts";
import { type MadeToken, makeToken } from "../support/tokens.ts";

// Each operation of the OpenAPI document is called in every way in which a call can end. What it answers must be what the
// document says: no more, and no less. A new operation, or a new error of one, fails here until it has its ways below.

/** A call, as it is sent. */
interface Sent {
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** What the method throws; undefined for the method as it is. */
  readonly thrown?: StreakdError;
}

interface Operation {
  readonly verb: string;
  readonly path: string;
  /** A status and a code, such as `400 INVALID_BODY`, or the status of a success. */
  readonly documented: readonly string[];
  readonly hasBody: boolean;
  readonly needsToken: boolean;
}

const EVENT = { siteKey: "proj_demo", userHash: "u", event: "like" };
/** A project that has room for one streaker. */
const SEATED = {
  siteKey: "seated",
  widgets: [{ event: "like" }],
  plan: { name: "custom", activeStreakers: 1, overLimit: "reject" },
};
const STATE = "/v1/state?siteKey=proj_demo&userHash=u&event=like";
const LEDGER = "/admin/projects/proj_demo/ledger";
const ENTRY = { userHashes: ["u"], entryId: "e", reason: "Test" };
const PAUSED_USER = "paused";
/** In a project whose rules have repairs. Its user `broken` can be repaired, and `other` has another entry with the ID. */
const REPAIR = "/admin/projects/mended/ledger:repair";
const CORRECT_ZONE = "/admin/projects/proj_demo/users/known:correctZone";
const ZONES = { wrongZone: "UTC", rightZone: "Asia/Tokyo", reason: "Test" };
const AMNESTIES = "/admin/projects/proj_demo/amnesties";
const AMNESTY = { amnestyId: "a", from: "2024-01-01", to: "2024-01-01", reason: "Test" };
/** It takes 1,000 calls to fill a ledger, so this error is thrown: full-ledgers.test.ts has one. */
const FULL_LEDGER = { thrown: new StreakdError("TOO_MANY_LEDGER_ENTRIES", "The ledger is full.") };
/** The same of the amnesties of a project: amnesties.test.ts has one that is full. */
const FULL_PROJECT = { thrown: new StreakdError("TOO_MANY_AMNESTIES", "The project is full.") };
const NO_PAGE: Sent["headers"] = { Origin: "https://evil.example" };

/** For each operation: a call that succeeds, and one for each error that is the operation's own. */
const WAYS: Readonly<Record<string, readonly [Sent, ...Sent[]]>> = {
  get recordEvent(): readonly [Sent, ...Sent[]] {
    return [
      { body: EVENT },
      { body: { ...EVENT, siteKey: "proj_none" } },
      { body: { ...EVENT, event: "none" } },
      { body: EVENT, headers: NO_PAGE },
      ...withWrongUserTokens({ body: { ...EVENT, siteKey: "signed" } }),
      { body: { ...EVENT, siteKey: "seated" } },
    ];
  },
  get getState(): readonly [Sent, ...Sent[]] {
    return [
      { path: STATE },
      { path: STATE.replace("proj_demo", "proj_none") },
      { path: STATE.replace("like", "none") },
      { path: STATE, headers: NO_PAGE },
      ...withWrongUserTokens({ path: STATE.replace("proj_demo", "signed") }),
    ];
  },
  get aliasWithToken(): readonly [Sent, ...Sent[]] {
    const good = sign({ anonymousId: "a" });
    return [
      { body: { token: good } },
      { body: { token: sign({ anonymousId: "a", siteKey: "proj_none" }) } },
      { body: { token: good }, headers: NO_PAGE },
      { body: { token: good, siteKey: "proj_demo" } },
      ...wrongTokens({ anonymousId: "a" }).map((token) => ({ body: { token } })),
    ];
  },
  createSigningSecret: [
    { path: "/admin/projects/proj_demo/signingSecrets" },
    { path: "/admin/projects/full/signingSecrets" },
    { path: "/admin/projects/none/signingSecrets" },
  ],
  listSigningSecrets: [
    { path: "/admin/projects/proj_demo/signingSecrets" },
    { path: "/admin/projects/none/signingSecrets" },
  ],
  get deleteSigningSecret(): readonly [Sent, ...Sent[]] {
    return [
      { path: `/admin/projects/proj_demo/signingSecrets/${deletable.id}` },
      { path: "/admin/projects/proj_demo/signingSecrets/none" },
    ];
  },
  aliasUser: [
    { body: { siteKey: "proj_demo", anonymousId: "a", userHash: "u" } },
    { body: { siteKey: "proj_none", anonymousId: "a", userHash: "u" } },
  ],
  correctZone: [
    { path: CORRECT_ZONE, body: ZONES },
    { path: CORRECT_ZONE.replace("known", "nobody"), body: ZONES },
    { path: CORRECT_ZONE.replace("proj_demo", "none"), body: ZONES },
  ],
  createProject: [{ body: { siteKey: "new" } }, { body: { siteKey: "proj_demo" } }],
  listProjects: [{}],
  getProject: [{ path: "/admin/projects/proj_demo" }, { path: "/admin/projects/none" }],
  updateProject: [
    { path: "/admin/projects/proj_demo", body: { name: "Demo" } },
    { path: "/admin/projects/none", body: { name: "Demo" } },
    { path: "/admin/projects/proj_demo", body: { name: "Demo", etag: "of another state" } },
  ],
  deleteProject: [{ path: "/admin/projects/to-delete" }, { path: "/admin/projects/none" }],
  listUsers: [{ path: "/admin/projects/proj_demo/users" }, { path: "/admin/projects/none/users" }],
  getUser: [
    { path: "/admin/projects/proj_demo/users/known" },
    { path: "/admin/projects/proj_demo/users/nobody" },
    { path: "/admin/projects/none/users/known" },
  ],
  createToken: [
    { body: { name: "CI", scopes: ["states:read"] } },
    { body: { name: "CI", scopes: ["states:read"], siteKey: "proj_none" } },
    { body: { name: "CI", scopes: ["states:read"], siteKey: "full" } },
  ],
  getToken: [{ path: "/admin/tokens/TOKEN" }, { path: "/admin/tokens/none" }],
  listTokens: [{}, { path: "/admin/tokens?siteKey=proj_none" }],
  get rotateToken(): readonly [Sent, ...Sent[]] {
    return [
      { path: "/admin/tokens/TOKEN:rotate", body: {} },
      { path: "/admin/tokens/none:rotate", body: {} },
      { path: `/admin/tokens/${tokenOfFull.id}:rotate`, body: {} },
    ];
  },
  revokeToken: [{ path: "/admin/tokens/TOKEN" }, { path: "/admin/tokens/none" }],
  listAuditEntries: [{ path: "/admin/audit?siteKey=proj_demo" }],
  createSession: [
    { body: { token: ADMIN_TOKEN } },
    { body: { token: "wrong" } },
    { body: { token: ADMIN_TOKEN }, headers: NO_PAGE },
  ],
  get getSession(): readonly [Sent, ...Sent[]] {
    return [{ headers: { Cookie: cookie } }, {}, { headers: { Cookie: cookie, ...NO_PAGE } }];
  },
  deleteSession: [{}, { headers: NO_PAGE }],
  getUsage: [{ path: "/admin/projects/proj_demo/usage" }, { path: "/admin/projects/none/usage" }],
  listInstances: [{}],
  getTraffic: [{ path: "/admin/projects/proj_demo/traffic" }, { path: "/admin/projects/none/traffic" }],
  explainStreak: [
    { path: "/admin/projects/proj_demo/users/known/streaks/visit:explain" },
    { path: "/admin/projects/none/users/known/streaks/visit:explain" },
    { path: "/admin/projects/proj_demo/users/known/streaks/none:explain" },
  ],
  previewRules: [
    { path: "/admin/projects/proj_demo/rules:preview", body: { widget: { event: "visit" } } },
    { path: "/admin/projects/none/rules:preview", body: { widget: { event: "visit" } } },
  ],
  pauseStreaks: [
    { path: `${LEDGER}:pause`, body: { ...ENTRY, from: "2024-01-01" } },
    { path: `${LEDGER}:pause`, body: { ...ENTRY, from: "2024-01-02" } },
    { path: `${LEDGER}:pause`, body: { ...ENTRY, from: "2024-01-01", event: "none" } },
    { ...FULL_LEDGER, path: `${LEDGER}:pause`, body: { ...ENTRY, from: "2024-01-01" } },
    { path: "/admin/projects/none/ledger:pause", body: { ...ENTRY, from: "2024-01-01" } },
  ],
  unpauseStreaks: [
    { path: `${LEDGER}:unpause`, body: { ...ENTRY, userHashes: [PAUSED_USER], from: "2024-01-01" } },
    { path: `${LEDGER}:unpause`, body: { ...ENTRY, userHashes: [PAUSED_USER], entryId: "paused" } },
    { ...FULL_LEDGER, path: `${LEDGER}:unpause`, body: ENTRY },
    { path: "/admin/projects/none/ledger:unpause", body: ENTRY },
  ],
  grantFreezes: freezesWays("grantFreezes", { ...ENTRY, event: "visit", count: 1 }),
  optOutOfFreezes: freezesWays("optOut", { ...ENTRY, entryId: "out" }),
  optInToFreezes: freezesWays("optIn", { ...ENTRY, entryId: "in" }),
  repairStreaks: [
    { path: REPAIR, body: { ...ENTRY, userHashes: ["broken"], event: "visit" } },
    { path: REPAIR, body: { ...ENTRY, userHashes: ["other"], event: "visit" } },
    { path: REPAIR, body: { ...ENTRY, userHashes: ["never broken"], event: "visit" } },
    { path: REPAIR, body: { ...ENTRY, event: "none" } },
    { ...FULL_LEDGER, path: REPAIR, body: { ...ENTRY, event: "visit" } },
    { path: REPAIR.replace("mended", "none"), body: { ...ENTRY, event: "visit" } },
  ],
  takeBackEntry: [
    { path: `${LEDGER}:takeBack`, body: { ...ENTRY, takenBackId: "none", userHashes: ["nobody"] } },
    {
      path: `${LEDGER}:takeBack`,
      body: { ...ENTRY, takenBackId: "none", userHashes: [PAUSED_USER], entryId: "paused" },
    },
    { ...FULL_LEDGER, path: `${LEDGER}:takeBack`, body: { ...ENTRY, takenBackId: "none" } },
    { path: "/admin/projects/none/ledger:takeBack", body: { ...ENTRY, takenBackId: "none" } },
  ],
  listLedgerEntries: [
    { path: "/admin/projects/proj_demo/users/known/ledger" },
    { path: "/admin/projects/none/users/known/ledger" },
  ],
  declareAmnesty: [
    { path: AMNESTIES, body: AMNESTY },
    { path: AMNESTIES, body: { ...AMNESTY, to: "2024-01-02" } },
    { path: AMNESTIES, body: { ...AMNESTY, amnestyId: "other", event: "none" } },
    { ...FULL_PROJECT, path: AMNESTIES, body: AMNESTY },
    { path: "/admin/projects/none/amnesties", body: AMNESTY },
  ],
  takeBackAmnesty: [
    { path: `${AMNESTIES}/wrong:takeBack`, body: { reason: "Test" } },
    { path: `${AMNESTIES}/none:takeBack`, body: { reason: "Test" } },
  ],
  listAmnesties: [{ path: AMNESTIES }, { path: "/admin/projects/none/amnesties" }],
  previewAmnesty: [
    { path: `${AMNESTIES}:preview`, body: { from: "2024-01-01", to: "2024-01-02" } },
    { path: `${AMNESTIES}:preview`, body: { from: "2024-01-01", to: "2024-01-02", event: "none" } },
    { path: `${AMNESTIES}:preview`, body: { takenBackId: "none" } },
  ],
  getActivity: analyticsWays("activity"),
  getStreaks: analyticsWays("streaks"),
  getSurvival: analyticsWays("survival"),
  getRetention: analyticsWays("retention"),
  getHours: analyticsWays("hours"),
  getMilestones: analyticsWays("milestones"),
  getMetaValues: analyticsWays("metaValues?key=plan"),
};

const operations = await readOperations();
const running = useApp();
/** The signing secret of the project `signed`, and one that is there to be deleted. */
let secret: string;
let deletable: MadeSecret;
/** A token of the project `full`, which has as many tokens and signing secrets as it may have. */
let tokenOfFull: MadeToken;
/** The cookie of somebody who has signed in. */
let cookie: string;
/** Serves another host than the one that the tests ask for, and does not wait long for a request. */
let strict: Server;
/** Lets one call a second through. */
let limited: Server;
/** The answers to the calls that {@link sendHalf} has begun, all at once because each takes five seconds. */
let late: ReadonlyMap<Operation, Promise<string>>;

beforeAll(async () => {
  const { app } = running;
  await app.admin("POST", "/admin/projects", { siteKey: "signed", signedUsers: "always" });
  ({ secret } = await makeSigningSecret(app, "signed"));
  await app.admin("POST", "/admin/projects", { siteKey: "full" });
  await app.admin("POST", "/admin/projects", {
    siteKey: "frozen",
    widgets: [{ event: "visit", rules: { freezes: {} } }],
  });
  await app.admin("POST", "/admin/projects", {
    siteKey: "mended",
    widgets: [{ event: "visit", rules: { repairs: { withinDays: 3 } } }],
  });
  await app.record({ siteKey: "mended", userHash: "broken", event: "visit", ts: "2024-01-10T09:00:00Z" });
  await app.admin("POST", REPAIR.replace("repair", "pause"), { ...ENTRY, userHashes: ["other"], from: "2024-01-01" });
  await app.admin("POST", "/admin/projects", { siteKey: "counted", analytics: { metaKeys: ["plan"] } });
  await Promise.all([makeSigningSecret(app, "full"), makeSigningSecret(app, "full")]);
  const ofFull = { siteKey: "full", scopes: ["states:read"] };
  tokenOfFull = await makeToken(app, ofFull);
  await Promise.all(Array.from({ length: MAX_TOKENS_OF_PROJECT - 1 }, () => makeToken(app, ofFull)));
  await app.admin("POST", AMNESTIES, { ...AMNESTY, amnestyId: "wrong" });
  deletable = await makeSigningSecret(app);
  cookie = await signIn(app, ADMIN_TOKEN);
  await app.admin("POST", `${LEDGER}:pause`, {
    ...ENTRY,
    userHashes: [PAUSED_USER],
    entryId: "paused",
    from: "2024-01-01",
  });
});
// One server a hook: on a busy machine, a hook may not have the time to start two.
beforeAll(async () => {
  strict = await startServer({ env: { ALLOWED_HOSTS: "streaks.example.com", HEADERS_TIMEOUT_MS: "5000" } });
});
beforeAll(async () => {
  limited = await startServer({ env: { ADMIN_TOKEN, RATE_LIMIT_PER_ADDRESS: "1" } });
  late = new Map([...operations.values()].map((operation) => [operation, sendHalf(operation)]));
});
afterAll(async () => {
  await Promise.allSettled(late.values());
  await strict.stop();
  await limited.stop();
});

describe("an operation answers what the OpenAPI document says, and nothing else", () => {
  test.each([...operations.keys()])("%s", async (name) => {
    const operation = operations.get(name) as Operation;
    await running.app.admin("POST", "/admin/projects", { siteKey: "to-delete" });
    await running.app.record({ userHash: "known" });
    await running.app.admin("POST", "/admin/projects", SEATED);
    await running.app.post("/v1/e", { siteKey: "seated", userHash: "first", event: "like" });
    const { id } = await makeToken(running.app, { scopes: ["events:record"] });
    const { secret } = await makeToken(running.app, { scopes: ["events:record"] });
    const ways = (WAYS[name] ?? [{}]).map(({ path, ...way }) => ({
      ...way,
      ...(path !== undefined && { path: path.replace("TOKEN", id) }),
    }));
    const [good = {}] = ways;
    const withoutScope = { ...good, headers: { ...good.headers, "X-Admin-Token": secret } };
    const answers = [
      ...ways.map(({ thrown, ...way }) =>
        thrown === undefined ? send(running.app.url, operation, way) : sendToFail(thrown, operation, way),
      ),
      ...answersOfAny(operation, good),
      ...(operation.needsToken ? [send(running.app.url, operation, withoutScope)] : []),
    ];
    const different = new Set(await Promise.all(answers));
    expect([...different].toSorted()).toEqual(operation.documented.toSorted());
  });
});

/** A call for the analytics of a project, and one for a project that does not exist. */
function analyticsWays(path: string): readonly [Sent, Sent] {
  return [{ path: `/admin/projects/counted/analytics/${path}` }, { path: `/admin/projects/none/analytics/${path}` }];
}

/** A change of ledgers about freezes that succeeds, and one for each error that such a change has of its own. */
function freezesWays(verb: string, body: object): readonly [Sent, ...Sent[]] {
  const path = `/admin/projects/frozen/ledger:${verb}`;
  return [
    { path, body: { ...body, from: "2024-01-12" } },
    { path, body: { ...body, from: "2024-01-13" } },
    { path, body: { ...body, event: "none" } },
    { ...FULL_LEDGER, path, body },
    { path: `/admin/projects/none/ledger:${verb}`, body },
  ];
}

/** What an operation answers for reasons that its method has no part in. */
function answersOfAny(operation: Operation, good: Sent): Promise<string>[] {
  const { url } = running.app;
  const path = good.path ?? operation.path;
  return [
    send(url, operation, { ...good, path: `${path}${path.includes("?") ? "&" : "?"}%` }),
    send(url, operation, { ...good, headers: { "X-Large": "x".repeat(20_000) } }),
    // None, because wrong ones are counted, and so many operations would have one too many.
    ...(operation.needsToken ? [send(url, operation, { ...good, headers: { "X-Admin-Token": "" } })] : []),
    ...(operation.hasBody ? [send(url, operation, { ...good, body: { name: "x".repeat(300_000) } })] : []),
    send(strict.url, operation, good),
    sendUntilLimited(operation, good),
    late.get(operation) ?? Promise.reject(),
    sendToFail(new Error("a defect"), operation, good),
    sendToFail(new StreakdError("OVERLOADED", "Too many."), operation, good),
  ];
}

/** Signs what is an alias token or a user token of the project `signed`, with changes. */
function sign(claims: object, header: object = { alg: "HS256" }): string {
  const exp = secondsFrom(running.app, 600);
  return signJwt(secret, { siteKey: "signed", sub: "u", userHash: "u", exp, ...claims }, header);
}

/** Tokens that are refused, whatever they are for: one for each reason. */
function wrongTokens(claims: object): string[] {
  return [
    "no JWT",
    sign(claims, { alg: "none" }),
    `${sign(claims)}x`,
    sign({ ...claims, exp: undefined }),
    sign({ ...claims, exp: 1 }),
    sign({ ...claims, exp: secondsFrom(running.app, 1e6) }),
  ];
}

/** A call without the token that stands in for a user's: with no user token, and with each that is refused. */
function withWrongUserTokens(call: Sent): Sent[] {
  return ["", sign({ sub: "other" }), sign({ siteKey: "proj_demo" }), ...wrongTokens({})].map((token) => {
    return { ...call, headers: { "X-Admin-Token": "", "X-User-Token": token } };
  });
}

/** Sends a call again and again, until too many have come. */
async function sendUntilLimited(operation: Operation, good: Sent): Promise<string> {
  for (;;) {
    const answer = await send(limited.url, operation, good);
    if (answer.startsWith("429")) {
      return answer;
    }
  }
}

/** Sends a call to methods that fail. */
async function sendToFail(thrown: Error, operation: Operation, good: Sent): Promise<string> {
  const bridge = await startBridge(() => Promise.reject(thrown));
  return send(bridge.url, operation, { ...good, headers: { ...good.headers, ...ADMIN } });
}

/** Sends a call, with the token of an admin unless it brings its own, and returns its answer's status and code. */
async function send(url: string, { verb, path, hasBody }: Operation, sent: Sent): Promise<string> {
  const response = await fetch(url + (sent.path ?? path), {
    method: verb,
    headers: {
      "X-Admin-Token": ADMIN_TOKEN,
      ...(hasBody && { "Content-Type": "application/json" }),
      ...sent.headers,
    },
    ...(hasBody && { body: JSON.stringify(sent.body) }),
  });
  return outcome(response.status, await response.text());
}

/** Sends half of a call's head. */
async function sendHalf({ verb, path }: Operation): Promise<string> {
  const socket = connect(strict.port, "127.0.0.1");
  socket.write(`${verb} ${path} HTTP/1.1\r\nHost: a\r\n`);
  const [head = "", body = ""] = (await readText(socket)).split("\r\n\r\n");
  return outcome(Number(head.split(" ")[1]), body);
}

function outcome(status: number, body: string): string {
  if (status < 400) {
    return `${status}`;
  }
  const { error, message } = JSON.parse(body);
  expect(message).toEqual(expect.stringMatching(/\w/));
  return `${status} ${error}`;
}

async function readOperations(): Promise<ReadonlyMap<string, Operation>> {
  const { paths } = JSON.parse(await readFile(join(import.meta.dirname, "../../gen/openapi.json"), "utf8"));
  const found = new Map<string, Operation>();
  for (const [path, item] of Object.entries<Record<string, Parameters<typeof documentedBy>[0]>>(paths)) {
    for (const [verb, described] of Object.entries(item)) {
      found.set(described.operationId, {
        verb: verb.toUpperCase(),
        path,
        documented: documentedBy(described),
        hasBody: described.requestBody !== undefined,
        needsToken: described.security.some((scheme) => "AdminToken" in scheme),
      });
    }
  }
  return found;
}

/** The statuses and codes that the document has for an operation. */
function documentedBy({
  responses,
}: {
  readonly operationId: string;
  readonly requestBody?: unknown;
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}): string[] {
  return Object.entries(responses).flatMap(([status, { description }]) =>
    Number(status) < 400 ? [status] : [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `${status} ${code}`),
  );
}
