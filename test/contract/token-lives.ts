import { expect, test } from "vitest";
import type { TestApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A call that needs the scope `project:manage`. */
const readDemo = (app: TestApp, secret: string) => callAs(app, secret, "GET", "/admin/projects/proj_demo");

/**
 * What becomes of tokens from their creation to their end, whatever the store is.
 *
 * @param open opens an empty service
 */
export function describeTokenLives(open: () => Promise<TestApp>): void {
  test("a token is made, shown once, used, and revoked", async () => {
    const app = await open();
    const made = await app.admin("POST", "/admin/tokens", {
      ...{ name: "checkout", siteKey: "proj_demo", scopes: ["project:manage", "events:record", "events:record"] },
      ...{ id: "tok_mine", prefix: "mine", secret: "mine", createTime: "2020-01-01T00:00:00Z" },
    });
    const { secret, ...shown } = made.json;
    expect([made.status, shown]).toEqual([
      201,
      {
        id: expect.stringMatching(/^tok_[0-9a-f]{26}$/),
        ...{ name: "checkout", siteKey: "proj_demo", scopes: ["events:record", "project:manage"] },
        ...{ createTime: "2024-01-12T12:00:00.000Z", prefix: secret.slice(0, 9) },
      },
    ]);
    expect(secret).toMatch(/^sk_[0-9A-Za-z]{49}$/);

    expect((await readDemo(app, secret)).json.siteKey).toBe("proj_demo");
    expect((await app.get("/admin/projects/proj_demo", { Authorization: `Bearer ${secret}` })).status).toBe(200);
    expect((await app.admin("GET", `/admin/tokens/${shown.id}`)).json).toEqual(shown);
    expect((await app.admin("GET", "/admin/tokens")).json).toEqual({ tokens: [shown], nextPageToken: "" });

    const revoked = await app.admin("DELETE", `/admin/tokens/${shown.id}`);
    expect([revoked.status, revoked.text]).toEqual([204, ""]);
    expect(outcomeOf(await readDemo(app, secret))).toBe("401 UNAUTHORIZED");
    for (const [verb, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", ":rotate"],
    ] as const) {
      const body = verb === "POST" ? {} : undefined;
      expect(outcomeOf(await app.admin(verb, `/admin/tokens/${shown.id}${path}`, body))).toBe("404 NOT_FOUND");
    }
  });

  test("a rotated token and its successor are both good for as long as the request says", async () => {
    const app = await open();
    const [byDefault, hour, none] = await Promise.all(
      [1, 2, 3].map(() => makeToken(app, { siteKey: "proj_demo", scopes: ["project:manage"] })),
    );
    const rotate = async (id: string | undefined, body: object) => {
      const { status, json } = await app.admin("POST", `/admin/tokens/${id}:rotate`, body);
      expect([status, json.name, json.siteKey, json.scopes]).toEqual([200, "CI", "proj_demo", ["project:manage"]]);
      return json;
    };
    const successors = [
      await rotate(byDefault?.id, {}),
      await rotate(hour?.id, { overlapSeconds: 3600 }),
      await rotate(none?.id, { overlapSeconds: 0 }),
    ];
    const statuses = async (secrets: readonly (string | undefined)[]) =>
      Promise.all(secrets.map(async (secret) => (await readDemo(app, secret ?? "")).status));
    const old = [byDefault, hour, none].map((token) => token?.secret);
    expect(await statuses(old)).toEqual([200, 200, 401]);
    app.now += 3_600_000;
    expect(await statuses(old)).toEqual([200, 401, 401]);
    app.now += DAY_MS;
    expect(await statuses(old)).toEqual([401, 401, 401]);
    expect(await statuses(successors.map(({ secret }) => secret))).toEqual([200, 200, 200]);
    expect(new Set(successors.map(({ expireTime }) => expireTime))).toEqual(new Set([undefined]));
  });

  test("a successor lives as long as its token was made for, however often that is rotated", async () => {
    const app = await open();
    const expireTime = new Date(app.now + 30 * DAY_MS).toISOString();
    const limited = await makeToken(app, { scopes: ["everything"], expireTime });
    expect(limited.expireTime).toBe(expireTime);
    app.now += 10 * DAY_MS;
    for (let round = 0; round < 2; round++) {
      const { json } = await app.admin("POST", `/admin/tokens/${limited.id}:rotate`, {});
      expect(Date.parse(json.expireTime)).toBe(app.now + 30 * DAY_MS);
    }
    const own = new Date(app.now + 5 * DAY_MS).toISOString();
    const rotated = await app.admin("POST", `/admin/tokens/${limited.id}:rotate`, { expireTime: own });
    expect(rotated.json.expireTime).toBe(own);
    const { json } = await app.admin("GET", `/admin/tokens/${limited.id}`);
    expect(Date.parse(json.expireTime)).toBe(app.now + DAY_MS);
  });

  test("an expired token says so for 30 days, and is then unknown and gone", async () => {
    const app = await open();
    const expireTime = new Date(app.now + DAY_MS).toISOString();
    const { id, secret } = await makeToken(app, { scopes: ["everything"], expireTime });
    app.now += DAY_MS - 1;
    expect((await readDemo(app, secret)).status).toBe(200);
    app.now += 1;
    expect((await readDemo(app, secret)).json.message).toBe("The token has expired. Make a new one.");
    app.now += 30 * DAY_MS;
    await app.restart();
    expect((await app.admin("GET", `/admin/tokens/${id}`)).status).toBe(200);
    app.now += 1;
    await app.restart();
    expect((await readDemo(app, secret)).json.message).toContain("The token is unknown");
    expect((await app.admin("GET", `/admin/tokens/${id}`)).status).toBe(404);
  });

  test("the last use is kept to the minute, and is there after a restart", async () => {
    const app = await open();
    const used = await makeToken(app, { scopes: ["project:manage"] });
    app.now += 1;
    const unused = await makeToken(app, { scopes: ["project:manage"] });
    app.now += 90_500;
    await readDemo(app, used.secret);
    await app.restart();
    const { json } = await app.admin("GET", "/admin/tokens");
    expect(json.tokens.map((token: { id: string; lastUseTime?: string }) => [token.id, token.lastUseTime])).toEqual([
      [used.id, "2024-01-12T12:01:00.000Z"],
      [unused.id, undefined],
    ]);
  });

  test("tokens are listed a page at a time, the oldest first, of a project or of all", async () => {
    const app = await open();
    const made: { id: string; siteKey: string }[] = [];
    for (const siteKey of ["", "proj_demo", "", "proj_demo", "proj_demo"]) {
      app.now += 1;
      made.push({ id: (await makeToken(app, { siteKey, scopes: ["states:read"] })).id, siteKey });
    }
    const pages = async (query: string) => {
      const found: string[][] = [];
      let token = "";
      do {
        const { json } = await app.admin("GET", `/admin/tokens?${query}&pageToken=${token}`);
        found.push(json.tokens.map(({ id }: { id: string }) => id));
        token = json.nextPageToken;
      } while (token !== "");
      return found;
    };
    const ids = made.map(({ id }) => id);
    const ofDemo = made.filter(({ siteKey }) => siteKey !== "").map(({ id }) => id);
    expect(await pages("pageSize=2")).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await pages("siteKey=proj_demo&pageSize=2")).toEqual([ofDemo.slice(0, 2), ofDemo.slice(2)]);
    expect(await pages("pageSize=1000000")).toEqual([ids]);
    for (const wrong of ["pageSize=-1", "pageToken=%25"]) {
      expect(outcomeOf(await app.admin("GET", `/admin/tokens?${wrong}`))).toBe("400 INVALID_BODY");
    }
  });

  test("a project's token dies with it, and does not reach a project that is made anew", async () => {
    const app = await open();
    const { id, secret } = await makeToken(app, { siteKey: "proj_demo", scopes: ["everything"] });
    await app.admin("DELETE", "/admin/projects/proj_demo");
    await app.admin("POST", "/admin/projects", { siteKey: "proj_demo" });
    await expect.poll(async () => outcomeOf(await readDemo(app, secret))).toBe("401 UNAUTHORIZED");
    expect((await app.admin("GET", `/admin/tokens/${id}`)).status).toBe(404);
    expect((await app.admin("GET", "/admin/tokens")).json.tokens).toEqual([]);
  });
}
