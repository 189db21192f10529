import { createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { SessionService } from "#gen/streak/v1/session_service_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";
import { callSignedIn, OWN_PAGE, request, signIn } from "../support/sign-in.ts";
import { outcomeOf } from "../support/tokens.ts";

// Which pages a sign-in session counts for. Browsers add the cookie to requests of other pages too, whatever `SameSite`
// says: of pages on another port, and before an old browser knows the attribute.

const running = useApp();
let cookie: string;
beforeAll(async () => {
  cookie = await signIn(running.app, ADMIN_TOKEN);
});

const own = () => running.app.url;
const host = () => new URL(own()).host;
const OTHER_ORIGIN = "https://evil.example";

/** What a browser says of a request, and whether a session then counts for a write and for a read. */
const MATRIX: Readonly<Record<string, [headers: () => Record<string, string>, write: boolean, read: boolean]>> = {
  "of our own page": [() => ({ "Sec-Fetch-Site": "same-origin", Origin: own() }), true, true],
  "of our own page, without Origin": [() => OWN_PAGE, true, true],
  "of our own page behind a proxy that changes the host": [
    () => ({ "Sec-Fetch-Site": "same-origin", Origin: "https://streaks.example.com" }),
    true,
    true,
  ],
  "of our own page, in an old browser": [() => ({ Origin: own() }), true, true],
  "of our own page, in an old browser, behind a proxy with TLS that does not say so": [
    () => ({ Origin: `https://${host()}` }),
    true,
    true,
  ],
  "of a page of another site": [() => ({ "Sec-Fetch-Site": "cross-site", Origin: OTHER_ORIGIN }), false, false],
  "of a page of a neighbouring host": [() => ({ "Sec-Fetch-Site": "same-site", Origin: OTHER_ORIGIN }), false, false],
  "of a page of another site that claims our origin": [
    () => ({ "Sec-Fetch-Site": "cross-site", Origin: own() }),
    false,
    false,
  ],
  "of a page of another site, in an old browser": [() => ({ Origin: OTHER_ORIGIN }), false, false],
  "of a page of another port, in an old browser": [() => ({ Origin: "http://127.0.0.1:1" }), false, false],
  "of a sandboxed frame": [() => ({ Origin: "null" }), false, false],
  "of a sandboxed frame of another site": [() => ({ "Sec-Fetch-Site": "cross-site", Origin: "null" }), false, false],
  "of an extension": [() => ({ Origin: `moz-extension://${host()}` }), false, false],
  "with an empty origin": [() => ({ Origin: "" }), false, false],
  "of a person who enters the address": [() => ({ "Sec-Fetch-Site": "none" }), false, true],
  "that says nothing": [() => ({}), false, true],
  "with a header that says two things": [() => ({ "Sec-Fetch-Site": "same-origin, cross-site" }), false, false],
};

/** A write and a read of each protocol that a browser speaks, with how a success is told. */
const CALLS: Readonly<
  Record<string, [kind: "write" | "read", method: string, path: string, type?: string, body?: string]>
> = {
  "a change by REST": ["write", "PATCH", "/admin/projects/proj_demo", "application/json", '{"name":"Mine"}'],
  "a change by REST, as text/plain": ["write", "PATCH", "/admin/projects/proj_demo", "text/plain", '{"name":"Mine"}'],
  "a read by REST": ["read", "GET", "/admin/projects/proj_demo"],
  "a change by Connect": [
    ...(["write", "POST", "/streak.v1.AdminService/UpdateProject", "application/json"] as const),
    '{"project":{"siteKey":"proj_demo","name":"Mine"},"updateMask":"name"}',
  ],
  "a read by Connect": [
    ...(["read", "POST", "/streak.v1.AdminService/GetProject", "application/json"] as const),
    '{"siteKey":"proj_demo"}',
  ],
  "a read by a GET of Connect": [
    "read",
    "GET",
    `/streak.v1.AdminService/GetProject?connect=v1&encoding=json&message=${encodeURIComponent('{"siteKey":"proj_demo"}')}`,
  ],
  "who has signed in": ["read", "GET", "/admin/session"],
  "a sign-in": ["write", "POST", "/admin/session", "application/json", JSON.stringify({ token: ADMIN_TOKEN })],
};

describe.each(Object.entries(CALLS))("%s", (_, [kind, method, path, type, body]) => {
  test.each(Object.entries(MATRIX))("in a request %s", async (_, [headers, forWrite, forRead]) => {
    const isSignIn = path === "/admin/session" && kind === "write";
    const mine = isSignIn ? await signIn(running.app, ADMIN_TOKEN) : cookie;
    const response = await fetch(own() + path, {
      method,
      headers: { Cookie: mine, ...(type && { "Content-Type": type }), ...headers() },
      ...(body && { body }),
    });
    const text = await response.text();
    if (kind === "write" ? forWrite : forRead) {
      expect(response.status, text).toBe(isSignIn ? 201 : 200);
    } else {
      expect(response.status, text).toBe(403);
      expect(text).toContain("another page");
      expect(response.headers.has("Set-Cookie")).toBe(false);
      expect(response.headers.has("Access-Control-Allow-Origin")).toBe(false);
    }
  });
});

test("a refusal says what to do about it", async () => {
  const answer = await callSignedIn(running.app, cookie, "DELETE", "/admin/projects/none", undefined, {});
  expect(outcomeOf(answer)).toBe("403 FORBIDDEN");
  expect(answer.json.message).toMatch(/let it pass on the headers Host, Origin and Sec-Fetch-Site/);
});

test("another page can't sign anybody in or out, with a form either", async () => {
  const form = { "Sec-Fetch-Site": "cross-site", Origin: OTHER_ORIGIN, "Content-Type": "text/plain" };
  const signedIn = await fetch(`${own()}/admin/session`, {
    ...{ method: "POST", headers: form, body: `{"token":"${ADMIN_TOKEN}"}` },
  });
  expect([signedIn.status, signedIn.headers.get("Set-Cookie")]).toEqual([403, null]);
  const mine = await signIn(running.app, ADMIN_TOKEN);
  const out = await callSignedIn(running.app, mine, "DELETE", "/admin/session", undefined, form);
  expect(outcomeOf(out)).toBe("403 FORBIDDEN");
  expect((await callSignedIn(running.app, mine, "GET", "/admin/session")).status).toBe(200);
});

test("a program that is no browser may sign in, and then says that it is no other page", async () => {
  const answer = await request(running.app, "POST", "/admin/session", {}, { token: ADMIN_TOKEN });
  expect(answer.status).toBe(201);
});

test("where the browser says that it has TLS, only the origin with TLS is our own", async () => {
  const proxied = { "X-Forwarded-Proto": "https" };
  const secure = await signIn(running.app, ADMIN_TOKEN, proxied);
  const change = (origin: string) => {
    const headers = { ...proxied, Origin: origin };
    return callSignedIn(running.app, secure, "PATCH", "/admin/projects/proj_demo", { name: "Mine" }, headers);
  };
  expect(outcomeOf(await change(`https://${host()}`))).toBe("200");
  expect(outcomeOf(await change(`http://${host()}`))).toBe("403 FORBIDDEN");
});

test.each<[string, (baseUrl: string) => Transport]>([
  ["Connect JSON", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect by GET", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true })],
  ["gRPC-Web", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC over HTTP/2", (baseUrl) => createGrpcTransport({ baseUrl })],
])("over %s a sign-in sets the cookie, which then counts until the sign-out", async (_, createTransport) => {
  const transport = createTransport(own());
  const [sessions, admin] = [createClient(SessionService, transport), createClient(AdminService, transport)];
  const headers: Record<string, string> = { ...OWN_PAGE };
  const keepCookie = (answer: Headers) => {
    headers.Cookie = answer.get("set-cookie")?.split(";")[0] ?? "";
  };
  const made = await sessions.createSession({ token: ADMIN_TOKEN }, { headers, onHeader: keepCookie });
  expect(made.session).toMatchObject({ isRoot: true, scopes: [Scope.EVERYTHING] });
  expect((await sessions.getSession({}, { headers })).session).toEqual(made.session);
  expect((await admin.getProject({ siteKey: "proj_demo" }, { headers })).project?.siteKey).toBe("proj_demo");
  const foreign = { ...headers, "Sec-Fetch-Site": "cross-site" };
  await expect(admin.getProject({ siteKey: "proj_demo" }, { headers: foreign })).rejects.toThrow(/another page/);

  const signedIn = { ...headers };
  await sessions.deleteSession({}, { headers, onHeader: keepCookie });
  expect(headers.Cookie).toBe("streakd_session=");
  await expect(sessions.getSession({}, { headers: signedIn })).rejects.toThrow(/The sign-in session has ended/);
});
