import { once } from "node:events";
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createAdminGuard, hashAdminToken } from "#src/call/admin-token.ts";
import { start, stopAll } from "../http/support.ts";

afterEach(stopAll);

const isAdmin = createAdminGuard(hashAdminToken("s3cret"));

test("the hash is SHA-256 in hex", () => {
  expect(hashAdminToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("the token itself is let in, and nothing else", () => {
  expect(isAdmin({ "x-admin-token": "s3cret" })).toBe(true);
  for (const token of [
    "",
    "s3cre",
    "s3cret ",
    "S3CRET",
    "s3cret, s3cret",
    hashAdminToken("s3cret"),
    "x".repeat(9_999),
  ]) {
    expect(isAdmin({ "x-admin-token": token })).toBe(false);
  }
  expect(isAdmin({})).toBe(false);
  expect(isAdmin({ "x-admin-token": ["s3cret"] })).toBe(false);
});

test("a header sent twice is refused", async () => {
  const { url } = await start((req, res) => res.end(String(isAdmin(req.headers))));
  const req = request(url, { headers: { "X-Admin-Token": ["s3cret", "s3cret"] } });
  req.end();
  const [res] = await once(req, "response");
  const [body] = await once(res, "data");
  expect(String(body)).toBe("false");
});

test("a hash that is none is refused when the guard is made", () => {
  expect(() => createAdminGuard("s3cret")).toThrow(/64 digits/);
});
