import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import type { MethodContract } from "#src/call/contract.ts";
import { SessionCookies } from "#src/call/session-cookie.ts";

const SECRET = "s".repeat(43);
const COOKIE = `streakd_session=${SECRET}`;
const contractOf = (name: string) => contracts.find(({ method }) => method.localName === name) as MethodContract;

/** Knows one sign-in session, of the admin token `first`, and no token. Notes what it looks up. */
function authenticator() {
  const lookedUp: string[] = [];
  const made = new Authenticator(async () => "unknown", {
    cookies: new SessionCookies(false),
    async findSession(secretHash) {
      lookedUp.push(secretHash);
      return { tokenHash: hashAdminToken("first"), createTime: 0, expireTime: 1 };
    },
    findTokenOf: async () => "unknown",
  });
  made.setRootToken(hashAdminToken("first"));
  const authenticate = (headers: IncomingHttpHeaders, name = "getProject") =>
    made.authenticate({ headers, peer: undefined }, contractOf(name));
  return { made, authenticate, lookedUp };
}

test("a session of the admin token is root's until that is replaced", async () => {
  const { made, authenticate } = authenticator();
  expect((await authenticate({ cookie: COOKIE })).kind).toBe("root");
  made.setRootToken(hashAdminToken("second"));
  const { kind, tokenProblem, signIn } = await authenticate({ cookie: COOKIE });
  expect([kind, tokenProblem, signIn?.session]).toEqual(["anonymous", "session over", undefined]);
});

test("no session is looked up for methods for anyone, beside a token, and for what is no cookie of ours", async () => {
  const { authenticate, lookedUp } = authenticator();
  for (const name of ["recordEvent", "getState", "aliasWithToken"]) {
    expect(await authenticate({ cookie: COOKIE }, name)).toEqual({ kind: "anonymous" });
  }
  expect((await authenticate({ cookie: COOKIE, "x-admin-token": "first" })).kind).toBe("root");
  expect((await authenticate({ cookie: COOKIE, authorization: "Bearer other" })).tokenProblem).toBe("foreign");
  for (const cookie of [
    "",
    ";",
    "a=b",
    `x${COOKIE}`,
    `${COOKIE}x`,
    `__Host-${COOKIE}`,
    `streakd_session="${SECRET}"`,
  ]) {
    expect(await authenticate({ cookie })).toEqual({ kind: "anonymous" });
  }
  expect(lookedUp).toEqual([]);
});

test("a session is looked up by the hash of its secret, and the methods of the session look at no header", async () => {
  const { authenticate, lookedUp } = authenticator();
  const { kind, signIn } = await authenticate({ cookie: COOKIE, "x-admin-token": "wrong" }, "getSession");
  expect([kind, signIn?.session]).toEqual(["root", expect.objectContaining({ expireTime: 1 })]);
  expect(lookedUp).toEqual([hashAdminToken(SECRET)]);
  expect((await authenticate({ "x-admin-token": "first" }, "getSession")).kind).toBe("anonymous");
});
