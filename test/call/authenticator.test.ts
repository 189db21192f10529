import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";

function authenticator(): Authenticator {
  const made = new Authenticator();
  made.setRootToken(hashAdminToken("s3cret"));
  return made;
}

const address = "192.0.2.1";

/** A request with these headers. */
function request(headers: IncomingHttpHeaders) {
  return { headers, peer: address };
}

test("the hash is SHA-256 in hex", () => {
  expect(hashAdminToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("who sends the token itself is root, and everyone else anonymous", async () => {
  const { authenticate } = authenticator();
  expect(await authenticate(request({ "x-admin-token": "s3cret" }))).toEqual({
    kind: "root",
    origin: undefined,
    address,
  });
  for (const token of ["", "s3cre", "s3cret ", "S3CRET", hashAdminToken("s3cret"), "x".repeat(9_999)]) {
    const principal = await authenticate(request({ "x-admin-token": token }));
    expect(principal).toMatchObject({ kind: "anonymous", ...(token !== "" && { tokenProblem: "unknown" }) });
  }
  expect(await authenticate(request({}))).toEqual({ kind: "anonymous", origin: undefined, address });
  expect((await authenticate(request({ "x-admin-token": ["s3cret"] }))).kind).toBe("anonymous");
});

test("a token sent twice, which HTTP joins to a list, is nobody's", async () => {
  const { authenticate } = authenticator();
  expect((await authenticate(request({ "x-admin-token": "s3cret, s3cret" }))).kind).toBe("anonymous");
});

test("a principal has the origin of the page that calls", async () => {
  const { authenticate } = authenticator();
  const origin = "https://a.example";
  expect(await authenticate(request({ origin, address }))).toEqual({ kind: "anonymous", origin, address });
  expect(await authenticate(request({ origin, "x-admin-token": "s3cret" }))).toEqual({ kind: "root", origin, address });
});

test("while the token is not known, who sends any is asked to come again, and anyone else is anonymous", async () => {
  const { authenticate } = new Authenticator();
  expect((await authenticate(request({}))).kind).toBe("anonymous");
  expect((await authenticate(request({ "x-admin-token": "" }))).kind).toBe("anonymous");
  await expect(authenticate(request({ "x-admin-token": "guess" }))).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("a hash that is none is refused when it is set", () => {
  expect(() => new Authenticator().setRootToken("s3cret")).toThrow(/64 digits/);
});
