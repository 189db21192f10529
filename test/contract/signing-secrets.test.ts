import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { makeSigningSecret } from "../support/jwt.ts";

const PATH = "/admin/projects/proj_demo/signingSecrets";

test("the answer to its creation shows a signing secret, and nothing else ever does", async () => {
  const app = await openApp({ LOG_LEVEL: "trace", LOG_REQUESTS: "1" });

  const made = await makeSigningSecret(app);

  expect(made).toEqual({
    id: expect.stringMatching(/^[\w-]{12}$/),
    prefix: made.secret.slice(0, 9),
    createTime: "2024-01-12T12:00:00.000Z",
    secret: expect.stringMatching(/^ss_[0-9A-Za-z]{43}$/),
  });
  const { secret, ...shown } = made;
  const listed = await app.admin("GET", PATH);
  expect([listed.status, listed.json]).toEqual([200, { signingSecrets: [shown] }]);
  const others = await Promise.all([
    app.admin("GET", "/admin/projects/proj_demo"),
    app.admin("GET", "/admin/projects"),
    app.admin("PATCH", "/admin/projects/proj_demo", { name: "Renamed" }),
    app.admin("POST", "/admin/projects/proj_demo/signingSecrets"),
    app.admin("POST", "/admin/projects/proj_demo/signingSecrets"),
    app.post("/v1/alias", { token: secret }),
    app.get("/metrics"),
  ]);
  expect(others.map(({ text }) => text).join("\n")).not.toContain(secret);
  expect(others[2].status).toBe(200);
  expect(app.logged.join("\n")).toContain("CreateSigningSecret");
  expect(app.logged.join("\n")).not.toContain(secret);
  expect((await app.admin("GET", PATH)).json.signingSecrets[0]).toEqual(shown);
});

test("a third signing secret is refused, and there is room again when one is deleted", async () => {
  const app = await openApp();
  const first = await makeSigningSecret(app);
  const second = await makeSigningSecret(app);

  const refused = await app.admin("POST", PATH);
  expect([refused.status, refused.json.error]).toEqual([409, "TOO_MANY_SIGNING_SECRETS"]);
  const ids = async () => (await app.admin("GET", PATH)).json.signingSecrets.map(({ id }: { id: string }) => id);
  expect(await ids()).toEqual([first.id, second.id]);

  expect((await app.admin("DELETE", `${PATH}/${first.id}`)).status).toBe(204);
  expect((await app.admin("DELETE", `${PATH}/${first.id}`)).json.error).toBe("NOT_FOUND");
  const third = await makeSigningSecret(app);
  expect(await ids()).toEqual([second.id, third.id]);
});

test("two secrets that are created at once are both there, also after a restart", async () => {
  const app = await openApp();

  const made = await Promise.all([makeSigningSecret(app), makeSigningSecret(app)]);

  await app.restart();
  const { signingSecrets } = (await app.admin("GET", PATH)).json;
  const ids = (secrets: readonly { readonly id: string }[]) => secrets.map(({ id }) => id).toSorted();
  expect(ids(signingSecrets)).toEqual(ids(made));
});

test("a project's signing secrets go with it, and a new project of the same siteKey has none", async () => {
  const app = await openApp();
  await makeSigningSecret(app);
  await app.admin("DELETE", "/admin/projects/proj_demo");
  expect((await app.admin("GET", PATH)).json.error).toBe("NOT_FOUND");
  await app.admin("POST", "/admin/projects", { siteKey: "proj_demo" });
  expect((await app.admin("GET", PATH)).json).toEqual({ signingSecrets: [] });
});

test("no signing secret comes with a project that is created or changed", async () => {
  const app = await openApp();
  const signingSecrets = [{ id: "x", secret: "ss_chosen", createTime: 0 }];

  await app.admin("POST", "/admin/projects", { siteKey: "shop", signingSecrets });
  const patched = await app.admin("PATCH", "/admin/projects/shop", { signingSecrets });

  expect([patched.status, patched.json.field]).toEqual([400, "signingSecrets"]);
  expect((await app.admin("GET", "/admin/projects/shop/signingSecrets")).json).toEqual({ signingSecrets: [] });
});

test("without the admin token nobody makes, lists or deletes a signing secret", async () => {
  const app = await openApp();
  const { id } = await makeSigningSecret(app);
  for (const [method, path] of [
    ["POST", PATH],
    ["GET", PATH],
    ["DELETE", `${PATH}/${id}`],
  ] as const) {
    expect((await fetch(app.url + path, { method })).status).toBe(401);
  }
  expect((await app.admin("GET", PATH)).json.signingSecrets).toHaveLength(1);
});
