import { expect, test } from "vitest";
import { MAX_SESSIONS_OF_TOKEN, SESSION_LIFETIME_MS } from "#src/domain/session.ts";
import { ADMIN_TOKEN, type TestApp } from "../support/app.ts";
import { callSignedIn, cookieOf, OWN_PAGE, request, signIn, trySignIn } from "../support/sign-in.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

/** How sign-in sessions begin and end, whatever the store. */
export function describeSessionLives(open: () => Promise<TestApp>): void {
  const read = async (app: TestApp, cookie: string) =>
    outcomeOf(await callSignedIn(app, cookie, "GET", "/admin/projects/proj_demo"));
  const CLEARED = /^streakd_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/;

  test("who signs in with the admin token gets a session of root for 12 hours, and its cookie is root's", async () => {
    const app = await open();
    const answer = await trySignIn(app, ADMIN_TOKEN);
    const session = {
      ...{ isRoot: true, tokenName: "", siteKey: "", scopes: ["everything"] },
      ...{ createTime: "2024-01-12T12:00:00.000Z", expireTime: "2024-01-13T00:00:00.000Z" },
    };
    expect([answer.status, answer.json]).toEqual([201, session]);
    expect((await callSignedIn(app, cookieOf(answer), "GET", "/admin/session")).json).toEqual(session);
    const created = await callSignedIn(app, cookieOf(answer), "POST", "/admin/projects", { siteKey: "mine" });
    expect(created.status).toBe(201);
  });

  test("a session of a token has its project and scopes, and no more", async () => {
    const app = await open();
    await app.admin("POST", "/admin/projects", { siteKey: "other" });
    const token = { name: "Ann", siteKey: "proj_demo", scopes: ["project:manage"] };
    const { secret } = await makeToken(app, token);
    const cookie = await signIn(app, secret);
    expect((await callSignedIn(app, cookie, "GET", "/admin/session")).json).toMatchObject({
      ...{ isRoot: false, tokenName: "Ann", siteKey: "proj_demo", scopes: ["project:manage"] },
    });
    expect(await read(app, cookie)).toBe("200");
    for (const path of ["/admin/projects/other", "/admin/projects/proj_demo/users", "/admin/projects"]) {
      expect(outcomeOf(await callSignedIn(app, cookie, "GET", path))).toBe("403 FORBIDDEN");
    }
    const lacking = await callSignedIn(app, cookie, "GET", "/admin/projects/proj_demo/users");
    expect(lacking.json.message).toBe('The token "Ann" lacks the scope users:manage. It has project:manage.');
  });

  test("a token that is revoked ends its sessions at once", async () => {
    const app = await open();
    const { id, secret } = await makeToken(app, { scopes: ["everything"] });
    const cookie = await signIn(app, secret);
    expect(await read(app, cookie)).toBe("200");
    await app.admin("DELETE", `/admin/tokens/${id}`);
    expect(await read(app, cookie)).toBe("401 UNAUTHORIZED");
    const answer = await callSignedIn(app, cookie, "GET", "/admin/session");
    expect(outcomeOf(answer)).toBe("401 UNAUTHORIZED");
    expect(answer.headers.get("Set-Cookie")).toMatch(CLEARED);
  });

  test("a session ends after 12 hours", async () => {
    const app = await open();
    const cookie = await signIn(app, ADMIN_TOKEN);
    app.now += SESSION_LIFETIME_MS - 1;
    expect(await read(app, cookie)).toBe("200");
    app.now += 1;
    expect(await read(app, cookie)).toBe("401 UNAUTHORIZED");
  });

  test("a session lives no longer than its token, also when that is rotated later", async () => {
    const app = await open();
    const expireTime = new Date(app.now + 60_000).toISOString();
    const { id, secret } = await makeToken(app, { scopes: ["everything"], expireTime });
    const answer = await trySignIn(app, secret);
    expect(answer.json.expireTime).toBe(expireTime);
    expect(answer.headers.get("Set-Cookie")).toContain("; Max-Age=60;");

    await callAs(app, ADMIN_TOKEN, "POST", `/admin/tokens/${id}:rotate`, { overlapSeconds: 30 });
    const soon = new Date(app.now + 30_000).toISOString();
    expect((await callSignedIn(app, cookieOf(answer), "GET", "/admin/session")).json.expireTime).toBe(soon);
    app.now += 30_000;
    expect(await read(app, cookieOf(answer))).toBe("401 UNAUTHORIZED");
  });

  test("who signs out ends that session, and no other one", async () => {
    const app = await open();
    const [mine, other] = [await signIn(app, ADMIN_TOKEN), await signIn(app, ADMIN_TOKEN)];
    const answer = await callSignedIn(app, mine, "DELETE", "/admin/session");
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers.get("Set-Cookie")).toMatch(CLEARED);
    expect(await read(app, mine)).toBe("401 UNAUTHORIZED");
    expect(await read(app, other)).toBe("200");
    expect((await callSignedIn(app, mine, "DELETE", "/admin/session")).status).toBe(204);
    expect((await request(app, "DELETE", "/admin/session", OWN_PAGE)).status).toBe(204);
  });

  test("a sign-in makes a new session, and ends the one that the cookie named", async () => {
    const app = await open();
    const { secret } = await makeToken(app, { siteKey: "proj_demo", scopes: ["project:manage"] });
    const planted = await signIn(app, secret);
    const cookie = await signIn(app, ADMIN_TOKEN, { Cookie: planted });
    expect(cookie).not.toBe(planted);
    expect(await read(app, planted)).toBe("401 UNAUTHORIZED");
    expect(await read(app, cookie)).toBe("200");
    const unknown = `streakd_session=${"a".repeat(43)}`;
    expect(await signIn(app, ADMIN_TOKEN, { Cookie: unknown })).not.toBe(unknown);
    expect(await read(app, unknown)).toBe("401 UNAUTHORIZED");
  });

  test("a further session than a token may have ends its oldest", async () => {
    const app = await open();
    const { secret } = await makeToken(app, { scopes: ["everything"] });
    const cookies: string[] = [];
    for (let i = 0; i <= MAX_SESSIONS_OF_TOKEN; i += 1) {
      app.now += 1;
      cookies.push(await signIn(app, secret));
    }
    const [oldest = "", ...others] = cookies;
    expect(await read(app, oldest)).toBe("401 UNAUTHORIZED");
    expect(await Promise.all(others.map((cookie) => read(app, cookie)))).toEqual(others.map(() => "200"));
  });

  test("sessions outlive a restart", async () => {
    const app = await open();
    const cookie = await signIn(app, ADMIN_TOKEN);
    await app.restart();
    expect(await read(app, cookie)).toBe("200");
  });
}
