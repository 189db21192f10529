import { beforeAll, expect, test } from "vitest";
import { useApp } from "../support/app.ts";
import { makeSigningSecret, secondsFrom, signJwt } from "../support/jwt.ts";
import { outcomeOf } from "../support/tokens.ts";

// What the holder of a signed token tries beside what it is for, in a project that wants every user signed.

const running = useApp();
let secret: string;

beforeAll(async () => {
  const { app } = running;
  await app.admin("POST", "/admin/projects", { siteKey: "p", signedUsers: "always", widgets: [{ event: "visit" }] });
  ({ secret } = await makeSigningSecret(app, "p"));
  expect(await recordAs("visitor", "visitor")).toBe("202");
  const alias = { siteKey: "p", anonymousId: "visitor", userHash: "ann", exp: secondsFrom(app, 60) };
  expect((await app.post("/v1/alias", { token: signJwt(secret, alias) })).status).toBe(204);
});

function userToken(sub: string): string {
  return signJwt(secret, { siteKey: "p", sub, exp: secondsFrom(running.app, 600) });
}

async function recordAs(sub: string, userHash: string): Promise<string> {
  const event = { siteKey: "p", userHash, event: "visit" };
  return outcomeOf(await running.app.post("/v1/e", event, { "X-User-Token": userToken(sub) }));
}

test("a user token links nobody", async () => {
  const answer = await running.app.post("/v1/alias", { token: userToken("bob") });
  expect(outcomeOf(answer)).toBe("401 TOKEN_CLAIM_MISSING");
});

test("a signed token is none that manages anything, wherever it is sent", async () => {
  const { app } = running;
  for (const headers of [{ "X-Admin-Token": userToken("ann") }, { Authorization: `Bearer ${userToken("ann")}` }]) {
    expect(outcomeOf(await app.get("/admin/projects/p", headers))).toBe("401 UNAUTHORIZED");
    const state = await app.get("/v1/state?siteKey=p&userHash=ann&event=visit", headers);
    expect(outcomeOf(state)).toBe("401 USER_TOKEN_REQUIRED");
  }
});

test("a visitor's token goes on as the user that the visitor was linked to", async () => {
  const path = "/v1/state?siteKey=p&userHash=visitor&event=visit";
  const { json } = await running.app.get(path, { "X-User-Token": userToken("visitor") });
  expect(json.streak.current).toBe(1);
  expect(await recordAs("visitor", "visitor")).toBe("202");
});

test("a token for one name of a user is none for another name of the same", async () => {
  expect(await recordAs("visitor", "ann")).toBe("403 TOKEN_FOR_OTHER_USER");
  expect(await recordAs("ann", "visitor")).toBe("403 TOKEN_FOR_OTHER_USER");
});

test("names that differ in case or form are other users", async () => {
  expect(await recordAs("ann", "Ann")).toBe("403 TOKEN_FOR_OTHER_USER");
  expect(await recordAs("\u00e9", "e\u0301")).toBe("403 TOKEN_FOR_OTHER_USER");
});
