import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { Authenticator, type FindToken, hashAdminToken } from "#src/call/authenticator.ts";
import type { MethodContract } from "#src/call/contract.ts";
import { secretOf } from "#src/domain/token-secret.ts";

/** Knows root, and no token but those of `findToken`. */
function authenticator(findToken: FindToken = () => Promise.reject(new Error("looked up"))): Authenticator {
  const made = new Authenticator(findToken);
  made.setRootToken(hashAdminToken("s3cret"));
  return made;
}

const address = "192.0.2.1";

/** A method that needs a scope. */
const SCOPED = contracts.find(({ access }) => typeof access !== "string") as MethodContract;

/** A request with these headers. */
function request(headers: IncomingHttpHeaders) {
  return { headers, peer: address };
}

test("the hash is SHA-256 in hex", () => {
  expect(hashAdminToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("who sends the token itself is root, and everyone else anonymous", async () => {
  const { authenticate } = authenticator();
  expect(await authenticate(request({ "x-admin-token": "s3cret" }), SCOPED)).toEqual({
    kind: "root",
    origin: undefined,
    address,
  });
  for (const token of ["", "s3cre", "s3cret ", "S3CRET", hashAdminToken("s3cret"), "x".repeat(9_999)]) {
    const principal = await authenticate(request({ "x-admin-token": token }), SCOPED);
    expect(principal).toMatchObject({ kind: "anonymous", ...(token !== "" && { tokenProblem: "mistyped" }) });
  }
  expect(await authenticate(request({}), SCOPED)).toEqual({ kind: "anonymous", origin: undefined, address });
  expect((await authenticate(request({ "x-admin-token": ["s3cret"] }), SCOPED)).kind).toBe("anonymous");
});

test("a token sent twice, which HTTP joins to a list, is nobody's", async () => {
  const { authenticate } = authenticator();
  expect((await authenticate(request({ "x-admin-token": "s3cret, s3cret" }), SCOPED)).kind).toBe("anonymous");
});

const SECRET = secretOf(Buffer.alloc(32, 7));
const CI = { id: "tok_1", name: "CI", project: { id: "p1", siteKey: "my_app" }, scopes: ["events:record"] };

test("a token is found by the hash of its secret, and says what the caller may do", async () => {
  const { authenticate } = authenticator(async (secretHash) =>
    secretHash === hashAdminToken(SECRET) ? CI : "unknown",
  );
  const expected = { kind: "token", token: CI, origin: undefined, address };
  expect(await authenticate(request({ "x-admin-token": SECRET }), SCOPED)).toEqual(expected);
  for (const authorization of [`Bearer ${SECRET}`, `bearer   ${SECRET}`]) {
    expect(await authenticate(request({ authorization }), SCOPED)).toEqual(expected);
  }
  const other = secretOf(Buffer.alloc(32, 8));
  expect(await authenticate(request({ "x-admin-token": other }), SCOPED)).toMatchObject({
    kind: "anonymous",
    tokenProblem: "unknown",
  });
});

test("root's token may be a bearer token too, and other schemes carry none", async () => {
  const { authenticate } = authenticator();
  expect((await authenticate(request({ authorization: "Bearer s3cret" }), SCOPED)).kind).toBe("root");
  for (const authorization of ["", "Bearer", "Bearer ", "Basic czNjcmV0", "s3cret", "Bearer s3cret x"]) {
    expect(await authenticate(request({ authorization }), SCOPED)).toEqual({
      kind: "anonymous",
      origin: undefined,
      address,
    });
  }
});

test("a bearer token beside the header of our own may be a proxy's, and does not count", async () => {
  const { authenticate } = authenticator();
  const both = (authorization: string) => authenticate(request({ "x-admin-token": "s3cret", authorization }), SCOPED);
  expect((await both("Bearer s3cret")).kind).toBe("root");
  expect((await both("Basic other")).kind).toBe("root");
  expect((await both("Bearer other")).kind).toBe("root");
});

test("the store is not asked for callers without a token, for root, and for what is mistyped", async () => {
  const { authenticate } = authenticator();
  const mistyped = `${SECRET.slice(0, -1)}${SECRET.endsWith("0") ? "1" : "0"}`;
  expect((await authenticate(request({}), SCOPED)).kind).toBe("anonymous");
  expect((await authenticate(request({ "x-admin-token": "s3cret" }), SCOPED)).kind).toBe("root");
  expect((await authenticate(request({ "x-admin-token": mistyped }), SCOPED)).tokenProblem).toBe("mistyped");
  await expect(authenticate(request({ "x-admin-token": SECRET }), SCOPED)).rejects.toThrow("looked up");
});

test("a principal has the origin of the page that calls", async () => {
  const { authenticate } = authenticator();
  const origin = "https://a.example";
  expect(await authenticate(request({ origin, address }), SCOPED)).toEqual({ kind: "anonymous", origin, address });
  expect(await authenticate(request({ origin, "x-admin-token": "s3cret" }), SCOPED)).toEqual({
    kind: "root",
    origin,
    address,
  });
});

test.each([
  [{ origin: "https://s.example", "sec-fetch-site": "same-origin" }, true],
  [{ origin: "https://s.example", "sec-fetch-site": "same-site", host: "s.example" }, undefined],
  [{ origin: "https://s.example", "sec-fetch-site": "cross-site", host: "s.example" }, undefined],
  [{ origin: "http://s.example:8080", host: "s.example:8080" }, true],
  [{ origin: "https://s.example", ":authority": "s.example" }, true],
  [{ origin: "https://s.example", ":authority": "s.example", host: "other.example" }, true],
  [{ origin: "https://other.example", ":authority": "s.example", host: "other.example" }, undefined],
  [{ origin: "https://s.example", host: "s.example:8080" }, undefined],
  [{ origin: "https://s.example.evil.example", host: "s.example" }, undefined],
  [{ origin: "null", host: "null" }, undefined],
  [{ origin: "https://undefined" }, undefined],
  [{ host: "s.example", "sec-fetch-site": "same-origin" }, undefined],
])("whoever has a valid token is known to call from a page of this server: %j", async (headers, hasOwnOrigin) => {
  const { authenticate } = authenticator(async () => CI);
  for (const token of ["s3cret", SECRET]) {
    expect((await authenticate(request({ ...headers, "x-admin-token": token }), SCOPED)).hasOwnOrigin).toBe(
      hasOwnOrigin,
    );
  }
  expect(await authenticate(request({ ...headers, "x-admin-token": "wrong" }), SCOPED)).not.toHaveProperty(
    "hasOwnOrigin",
  );
  expect(await authenticate(request(headers), SCOPED)).not.toHaveProperty("hasOwnOrigin");
});

test("a principal has the user token that came with the call, whoever calls, and nobody verifies it here", async () => {
  const { authenticate } = authenticator();
  for (const token of [{}, { "x-admin-token": "s3cret" }, { "x-admin-token": "wrong" }]) {
    const { userToken } = await authenticate(request({ ...token, "x-user-token": "any text" }), SCOPED);
    expect(userToken).toBe("any text");
  }
});

test("while the token is not known, who sends any is asked to come again, and anyone else is anonymous", async () => {
  const { authenticate } = new Authenticator(async () => "unknown");
  expect((await authenticate(request({}), SCOPED)).kind).toBe("anonymous");
  expect((await authenticate(request({ "x-admin-token": "" }), SCOPED)).kind).toBe("anonymous");
  await expect(authenticate(request({ "x-admin-token": "guess" }), SCOPED)).rejects.toMatchObject({
    code: "OVERLOADED",
  });
});

test("a hash that is none is refused when it is set", () => {
  expect(() => authenticator().setRootToken("s3cret")).toThrow(/64 digits/);
});
