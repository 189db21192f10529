import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { openApp, type TestApp, useApp } from "../support/app.ts";
import { makeSigningSecret, part, secondsFrom, signJwt } from "../support/jwt.ts";

const shared = useApp();
let secret: string;

beforeAll(async () => {
  ({ secret } = await makeSigningSecret(shared.app));
});

const HEADER = { alg: "HS256", typ: "JWT" };
const VISITOR = { siteKey: "proj_demo", anonymousId: "anon", userHash: "user" };

/** Claims of a good token, with changes. */
function claims(changes: Readonly<Record<string, unknown>> = {}) {
  return { ...VISITOR, exp: secondsFrom(shared.app, 600), ...changes };
}

/** Sends a token, and returns the answer's code, or its status when it is a success. */
async function send(token: string, app: TestApp = shared.app, body: object = {}): Promise<string | number> {
  const answer = await app.post("/v1/alias", { ...body, token });
  if (answer.status === 204) {
    return 204;
  }
  expect(answer.json.message).toMatch(/\w/);
  expect(answer.text.length).toBeLessThan(1_000);
  return answer.json.error;
}

test("a page links a visitor to a user with a token, and the visitor's days are the user's", async () => {
  const { app } = shared;
  await app.record({ userHash: "visitor", ts: "2024-01-11T12:00:00Z" });
  await app.record({ userHash: "member" });
  const token = signJwt(secret, claims({ anonymousId: "visitor", userHash: "member" }), HEADER);

  // As `navigator.sendBeacon` sends it.
  const answer = await app.post(
    "/v1/alias",
    { token },
    { "Content-Type": "text/plain", Origin: "http://localhost:3000" },
  );

  expect([answer.status, answer.text]).toEqual([204, ""]);
  expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect((await app.state({ userHash: "member" })).streak.current).toBe(2);
  expect((await app.state({ userHash: "visitor" })).streak.current).toBe(2);
  // The same token again, and one more of the same two, change nothing.
  expect(await send(token)).toBe(204);
  expect(await send(signJwt(secret, claims({ anonymousId: "visitor", userHash: "member", jti: "1" })))).toBe(204);
  expect((await app.state({ userHash: "member" })).streak.current).toBe(2);
});

test("a page whose origin the project does not allow can't link, even with a good token", async () => {
  const { app } = shared;
  const token = signJwt(secret, claims());
  const answer = await app.post("/v1/alias", { token }, { Origin: "https://evil.example" });
  expect([answer.status, answer.json.error]).toEqual([403, "FORBIDDEN_ORIGIN"]);
});

describe("a token is good", () => {
  test.each<[string, Record<string, unknown>]>([
    ["with an exp that is a fraction", { exp: 1_705_061_000.5 }],
    ["with nbf and iat now, by a clock that is ahead a little", { nbf: 1_705_060_820, iat: 1_705_060_820 }],
    ["15 minutes ahead", { exp: 1_705_060_800 + 900 }],
    ["expired by less than clocks may differ", { exp: 1_705_060_800 - 10 }],
    ["with a jti of any kind and claims of others", { jti: 7, iss: "https://app.example", roles: { admin: [true] } }],
    ["with text of other scripts", { anonymousId: "visiteur·se-🦊", userHash: "用户" }],
    ["with the longest values", { anonymousId: "🦊".repeat(256), userHash: "🐢".repeat(256) }],
  ])("%s", async (_, changes) => {
    expect(await send(signJwt(secret, claims(changes)))).toBe(204);
  });

  test("with the longest values, all written as escapes", async () => {
    const escaped = (of: string) => of.repeat(256);
    const json = JSON.stringify(claims({ anonymousId: "A", userHash: "B" }))
      .replace('"A"', `"${escaped("\\ud83e\\udd8a")}"`)
      .replace('"B"', `"${escaped("\\u7528")}"`);
    expect(await send(signJwt(secret, json))).toBe(204);
  });

  test("with the headers typ, kid, jku, jwk and x5u, which are ignored", async () => {
    const header = { ...HEADER, kid: "../../key", jku: "https://evil.example/keys", x5u: "https://evil.example/x" };
    expect(await send(signJwt(secret, claims(), { ...header, jwk: { kty: "oct", k: part("mine") } }))).toBe(204);
  });

  test("with the siteKey beside it", async () => {
    expect(await send(signJwt(secret, claims()), shared.app, { siteKey: "proj_demo" })).toBe(204);
  });
});

describe("a token is refused as INVALID_TOKEN", () => {
  test.each([
    ["that is empty but for dots", () => ".."],
    ["of words", () => "not a token"],
    ["of two parts", () => signJwt(secret, claims()).split(".").slice(0, 2).join(".")],
    ["of five parts, encrypted", () => `${part({ alg: "dir", enc: "A128GCM" })}..aaaa.bbbb.cccc`],
    ["with a fourth part", () => `${signJwt(secret, claims())}.aaaa`],
    ["with spaces around it", () => ` ${signJwt(secret, claims())} `],
    ["in base64 with padding", () => signJwt(secret, claims()).replace(".", "=.")],
    ["in base64 with other letters", () => signJwt(secret, claims()).replace(".", "+/.")],
    ["whose header is no JSON", () => signJwt(secret, claims(), "{")],
    ["whose header is a list", () => signJwt(secret, claims(), "[]")],
    ["whose claims are no JSON", () => signJwt(secret, "{")],
    ["whose claims are a list", () => signJwt(secret, [])],
    ["whose claims are null", () => signJwt(secret, "null")],
    ["whose claims nest deeper than it is long", () => signJwt(secret, "[".repeat(5_900))],
    ["with deep JSON as a claim", () => signJwt(secret, claims({ userHash: JSON.parse(deep(1_000)) }))],
    ["whose siteKey is a number", () => signJwt(secret, claims({ siteKey: 1 }))],
    ["whose userHash is null", () => signJwt(secret, claims({ userHash: null }))],
    ["whose anonymousId is a list", () => signJwt(secret, claims({ anonymousId: ["anon"] }))],
    ["whose userHash is too long", () => signJwt(secret, claims({ userHash: "x".repeat(257) }))],
    ["whose userHash has control characters", () => signJwt(secret, claims({ userHash: "a\nb" }))],
    ["whose userHash has half a character", () => signJwt(secret, claims({ userHash: "\ud83e" }))],
    ["whose exp is text", () => signJwt(secret, claims({ exp: "1705061400" }))],
    ["whose exp is null", () => signJwt(secret, claims({ exp: null }))],
    ["whose exp is an object", () => signJwt(secret, claims({ exp: {} }))],
    ["whose nbf is text", () => signJwt(secret, claims({ nbf: "now" }))],
    ["whose iat is text", () => signJwt(secret, claims({ iat: "now" }))],
    ["that is not valid yet", () => signJwt(secret, claims({ nbf: secondsFrom(shared.app, 60) }))],
  ])("%s", async (_, token) => {
    expect(await send(token())).toBe("INVALID_TOKEN");
  });

  test("never by the parser for its length: a longer one breaks the body's rule", async () => {
    expect(await send("a".repeat(8_193))).toBe("INVALID_BODY");
    expect(await send("a".repeat(20_000))).toBe("BODY_TOO_LARGE");
  });
});

function deep(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

describe("a token is refused as INVALID_TOKEN_ALGORITHM", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const unsigned = (alg: unknown) => `${part({ alg })}.${part(claims())}.`;
  test.each([
    ["none", () => unsigned("none")],
    ["None", () => unsigned("None")],
    ["no algorithm", () => unsigned(undefined)],
    ["a number as its algorithm", () => unsigned(256)],
    ["none, though it is signed", () => signJwt(secret, claims(), { alg: "none" })],
    ["HS256 in small letters", () => signJwt(secret, claims(), { alg: "hs256" })],
    ["HS512", () => signJwt(secret, claims(), { alg: "HS512" }, "sha512")],
    [
      "RS256",
      () => {
        const signed = `${part({ alg: "RS256" })}.${part(claims())}`;
        return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
      },
    ],
    ["RS256, signed with the secret", () => signJwt(secret, claims(), { alg: "RS256" })],
    ["two algorithms, the last of which is none", () => signJwt(secret, claims(), '{"alg":"HS256","alg":"none"}')],
    ["crit", () => signJwt(secret, claims(), { ...HEADER, crit: ["exp"], exp: 0 })],
    [
      "crit for a payload that is not encoded",
      () => signJwt(secret, claims(), { ...HEADER, crit: ["b64"], b64: false }),
    ],
  ])("%s", async (_, token) => {
    expect(await send(token())).toBe("INVALID_TOKEN_ALGORITHM");
  });

  test("but a public key as the key of HS256 is a wrong signature", async () => {
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await send(signJwt(pem, claims()))).toBe("INVALID_TOKEN_SIGNATURE");
  });
});

describe("a token is refused as INVALID_TOKEN_SIGNATURE", () => {
  test.each([
    ["without a signature", () => signJwt(secret, claims()).replace(/[^.]+$/, "")],
    ["signed with another secret", () => signJwt(`${secret}x`, claims())],
    ["signed with the secret without its prefix", () => signJwt(secret.slice(3), claims())],
    ["signed with nothing", () => signJwt("", claims())],
    [
      "signed with the key that it brings",
      () => signJwt("mine", claims(), { ...HEADER, jwk: { kty: "oct", k: part("mine") } }),
    ],
    [
      "with claims that were changed",
      () => {
        const [header, , signature] = signJwt(secret, claims()).split(".");
        return `${header}.${part(claims({ userHash: "another" }))}.${signature}`;
      },
    ],
    ["with half a signature", () => signJwt(secret, claims()).slice(0, -20)],
    [
      "signed over its claims alone",
      () => {
        const signature = createHmac("sha256", secret).update(part(claims())).digest("base64url");
        return `${part(HEADER)}.${part(claims())}.${signature}`;
      },
    ],
    ["that is expired, since who can't sign learns no more", () => signJwt("wrong", claims({ exp: 1 }))],
    ["that lacks exp, for the same reason", () => signJwt("wrong", VISITOR)],
  ])("%s", async (_, token) => {
    expect(await send(token())).toBe("INVALID_TOKEN_SIGNATURE");
  });
});

describe("a token is refused as TOKEN_EXPIRED", () => {
  test.each([
    ["a minute ago", -60],
    ["in 1970", -1_705_060_800],
    ["before 1970", -1_705_060_805],
    ["long ago", -1e300],
  ])("%s", async (_, seconds) => {
    expect(await send(signJwt(secret, claims({ exp: secondsFrom(shared.app, seconds) })))).toBe("TOKEN_EXPIRED");
  });

  test("when its time has come while the server ran", async () => {
    const app = await openApp();
    const made = await makeSigningSecret(app);
    const token = signJwt(made.secret, { ...VISITOR, exp: secondsFrom(app, 600) });
    expect(await send(token, app)).toBe(204);
    app.now += 631_000;
    expect(await send(token, app)).toBe("TOKEN_EXPIRED");
  });
});

describe("a token is refused as TOKEN_TOO_LONG_LIVED", () => {
  test.each([
    ["a minute more than 15", () => signJwt(secret, claims({ exp: secondsFrom(shared.app, 960) }))],
    ["a day", () => signJwt(secret, claims({ exp: secondsFrom(shared.app, 86_400) }))],
    ["in milliseconds", () => signJwt(secret, claims({ exp: shared.app.now }))],
    ["as much as a number holds", () => signJwt(secret, claims({ exp: Number.MAX_VALUE }))],
    [
      "more than a number holds",
      () => signJwt(secret, JSON.stringify(claims({ exp: 0 })).replace('"exp":0', '"exp":1e999')),
    ],
  ])("%s", async (_, token) => {
    expect(await send(token())).toBe("TOKEN_TOO_LONG_LIVED");
  });
});

describe("a token that lacks a claim is refused as TOKEN_CLAIM_MISSING", () => {
  test.each(["siteKey", "anonymousId", "userHash", "exp"])("%s", async (claim) => {
    const token = signJwt(secret, claims({ [claim]: undefined }));
    const { status, json } = await shared.app.post("/v1/alias", { token });
    expect([status, json]).toEqual([
      401,
      { error: "TOKEN_CLAIM_MISSING", field: "token", message: `The alias token lacks the claim ${claim}.` },
    ]);
  });

  test("or has an empty one, or has it only under __proto__", async () => {
    expect(await send(signJwt(secret, claims({ userHash: "" })))).toBe("TOKEN_CLAIM_MISSING");
    const { userHash: _, ...rest } = claims();
    const json = JSON.stringify(rest).replace("{", '{"__proto__":{"userHash":"user"},');
    expect(await send(signJwt(secret, json))).toBe("TOKEN_CLAIM_MISSING");
  });
});

test("of a claim that is there twice the last value counts, for the check as for the link", async () => {
  const { app } = shared;
  await app.record({ userHash: "twice" });
  const json = JSON.stringify(claims({ anonymousId: "first" })).replace(
    "}",
    ',"anonymousId":"twice","userHash":"last"}',
  );
  expect(await send(signJwt(secret, json))).toBe(204);
  expect((await app.state({ userHash: "last" })).streak.current).toBe(1);
});

test("a token of one project does nothing in another", async () => {
  const app = await openApp();
  const mine = await makeSigningSecret(app);
  await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [{ event: "visit" }] });
  const shops = await makeSigningSecret(app, "shop");
  const exp = secondsFrom(app, 600);
  const demo = signJwt(mine.secret, { ...VISITOR, exp });

  expect(await send(demo, app, { siteKey: "shop" })).toBe("TOKEN_FOR_OTHER_PROJECT");
  expect(await send(signJwt(mine.secret, { ...VISITOR, siteKey: "shop", exp }), app)).toBe("INVALID_TOKEN_SIGNATURE");
  expect(await send(signJwt(mine.secret, { ...VISITOR, siteKey: "none", exp }), app)).toBe("INVALID_SITE_KEY");
  expect(await send(demo, app)).toBe(204);
  expect(await send(signJwt(shops.secret, { ...VISITOR, siteKey: "shop", exp }), app)).toBe(204);
});

test("a project without a signing secret is told how to make one", async () => {
  const app = await openApp();
  const { status, json } = await app.post("/v1/alias", { token: signJwt("any", claims()) });
  expect([status, json.error]).toEqual([401, "INVALID_TOKEN_SIGNATURE"]);
  expect(json.message).toContain("POST /admin/projects/proj_demo/signingSecrets");
});

test("both secrets are good while there are two, and the deleted one is not", async () => {
  const app = await openApp();
  const [old, fresh] = [await makeSigningSecret(app), await makeSigningSecret(app)];
  const tokens = [old, fresh].map((made) => signJwt(made.secret, { ...VISITOR, exp: secondsFrom(app, 600) }));
  const sendBoth = () => Promise.all(tokens.map((token) => send(token, app)));

  expect(await sendBoth()).toEqual([204, 204]);
  await app.admin("DELETE", `/admin/projects/proj_demo/signingSecrets/${old.id}`);
  expect(await sendBoth()).toEqual(["INVALID_TOKEN_SIGNATURE", 204]);
});

test("a link that can't be is told by the claim that is wrong", async () => {
  const { app } = shared;
  const same = await app.post("/v1/alias", { token: signJwt(secret, claims({ userHash: "anon" })) });
  expect(same.json).toMatchObject({ error: "INVALID_BODY", field: "token" });
  expect(same.json.message).toMatch(/^claim anonymousId of the token /);

  expect(await send(signJwt(secret, claims({ anonymousId: "c1", userHash: "c2" })))).toBe(204);
  const circle = await app.post("/v1/alias", { token: signJwt(secret, claims({ anonymousId: "c2", userHash: "c1" })) });
  expect(circle.json).toMatchObject({ error: "INVALID_BODY", field: "token" });
  expect(circle.json.message).toMatch(/^claim userHash of the token /);
});

test("a refused token links nobody", async () => {
  const { app } = shared;
  await app.record({ userHash: "lonely" });
  for (const token of [
    signJwt("wrong", claims({ anonymousId: "lonely", userHash: "thief" })),
    signJwt(secret, claims({ anonymousId: "lonely", userHash: "thief", exp: 1 })),
    `${part({ alg: "none" })}.${part(claims({ anonymousId: "lonely", userHash: "thief" }))}.`,
  ]) {
    expect(await send(token)).not.toBe(204);
  }
  expect((await app.state({ userHash: "thief" })).streak.current).toBe(0);
});
