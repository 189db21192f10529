import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:http2";
import { expect, onTestFinished, test } from "vitest";
import { Authenticator, hashAdminToken } from "#src/call/authenticator.ts";
import { createFastPath } from "#src/http/fast/create-fast-path.ts";
import { createListener } from "#src/http/listener/listener.ts";

function authenticator(): Authenticator {
  const made = new Authenticator();
  made.setRootToken(hashAdminToken("s3cret"));
  return made;
}

test("the hash is SHA-256 in hex", () => {
  expect(hashAdminToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("who sends the token itself is root, and everyone else anonymous", async () => {
  const { authenticate } = authenticator();
  expect(await authenticate({ "x-admin-token": "s3cret" })).toEqual({ kind: "root", origin: undefined });
  for (const token of [
    "",
    "s3cre",
    "s3cret ",
    "S3CRET",
    "s3cret, s3cret",
    hashAdminToken("s3cret"),
    "x".repeat(9_999),
  ]) {
    expect((await authenticate({ "x-admin-token": token })).kind).toBe("anonymous");
  }
  expect((await authenticate({})).kind).toBe("anonymous");
  expect((await authenticate({ "x-admin-token": ["s3cret"] })).kind).toBe("anonymous");
});

test("a principal has the origin of the page that calls", async () => {
  const { authenticate } = authenticator();
  const origin = "https://a.example";
  expect(await authenticate({ origin })).toEqual({ kind: "anonymous", origin });
  expect(await authenticate({ origin, "x-admin-token": "s3cret" })).toEqual({ kind: "root", origin });
});

test("a token sent twice is nobody's, over HTTP/1.1 and HTTP/2", async () => {
  const { authenticate } = authenticator();
  const listener = createListener({
    serve: async ({ headers }) => ({ status: 200, headers: {}, body: (await authenticate(headers)).kind }),
    createFastPath,
    onError: () => {},
  });
  onTestFinished(() => listener.close(0));
  const { port } = await listener.listen(0, "127.0.0.1");
  const url = `http://127.0.0.1:${port}`;

  const session = connect(url);
  for (const token of [["s3cret", "s3cret"], ["s3cret"]]) {
    const headers = { "x-admin-token": token };
    const [response] = await once(request(url, { headers }).end(), "response");
    const [http1] = await once(response, "data");
    const [http2] = await once(session.request(headers).end(), "data");
    expect([`${http1}`, `${http2}`]).toEqual(Array(2).fill(token.length > 1 ? "anonymous" : "root"));
  }
  session.destroy();
});

test("while the token is not known, who sends any is asked to come again, and anyone else is anonymous", async () => {
  const { authenticate } = new Authenticator();
  expect((await authenticate({})).kind).toBe("anonymous");
  expect((await authenticate({ "x-admin-token": "" })).kind).toBe("anonymous");
  await expect(authenticate({ "x-admin-token": "guess" })).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("a hash that is none is refused when it is set", () => {
  expect(() => new Authenticator().setRootToken("s3cret")).toThrow(/64 digits/);
});
