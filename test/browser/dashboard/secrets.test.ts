import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useDashboard } from "./support.ts";

const dashboard = useDashboard();

/** The secret in the dialog that shows it, which is then closed. */
async function shownSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog").filter({ hasText: "it can’t be shown again" });
  const secret = await dialog.getByRole("region", { name: "The secret" }).textContent();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  return secret ?? "";
}

function statusWith(secret: string, path: string): Promise<number> {
  return dashboard.app.get(path, { "X-Admin-Token": secret }).then(({ status }) => status);
}

test("a token is made, shown once, rotated and revoked", async () => {
  await dashboard.makeProject("tokens");
  const { page, complaints } = await dashboard.enter("/dashboard/p/tokens/settings?tab=tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("checkout server");
  await page.getByLabel("events:record").uncheck();
  await page.getByLabel("project:manage").check();
  await page.getByLabel("Expires").selectOption("30");
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = await shownSecret(page);
  expect(await statusWith(secret, "/admin/projects/tokens")).toBe(200);
  expect(await statusWith(secret, "/admin/projects/proj_demo")).toBe(403);
  const [token] = (await dashboard.app.admin("GET", "/admin/tokens?siteKey=tokens")).json.tokens;
  expect(token).toMatchObject({ name: "checkout server", siteKey: "tokens", scopes: ["project:manage"] });
  expect(token.expireTime).toBeTruthy();
  expect(await page.getByText(secret).count()).toBe(0);

  await page.getByRole("button", { name: "Rotate checkout server" }).click();
  await page.getByLabel("How long the old secret still works").selectOption("0");
  await page.getByRole("button", { name: "Rotate token" }).click();
  const next = await shownSecret(page);
  expect(await statusWith(next, "/admin/projects/tokens")).toBe(200);
  await expect.poll(() => statusWith(secret, "/admin/projects/tokens")).toBe(401);

  // The list is read again meanwhile; until it has the new token, the old one is the last.
  const row = page.getByRole("row").filter({ hasText: next.slice(0, 9) });
  await row.getByRole("button", { name: "Revoke checkout server" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke token" }).click();
  await expect.poll(() => statusWith(next, "/admin/projects/tokens")).toBe(401);
  expect(complaints).toEqual([]);
});

test("a token that may do more than the one that makes it is refused, with the server's words", async () => {
  await dashboard.makeProject("lesser");
  const { json } = await dashboard.app.admin("POST", "/admin/tokens", {
    name: "short",
    siteKey: "lesser",
    scopes: ["everything"],
    expireTime: new Date(dashboard.app.now + 3_600_000).toISOString(),
  });
  const { page } = await dashboard.enter("/dashboard/p/lesser/settings?tab=tokens", json.secret);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("longer");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByRole("dialog").getByRole("alert").filter({ hasText: "expire" }).waitFor();
});

test("a signing secret is made, shown once, and deleted", async () => {
  await dashboard.makeProject("signed");
  const { page, complaints } = await dashboard.enter("/dashboard/p/signed/settings?tab=secrets");
  await page.getByText("No signing secrets").waitFor();
  await page.getByRole("button", { name: "New secret" }).click();
  const secret = await shownSecret(page);
  expect(secret).toMatch(/^ss_\w{43}$/);
  await page.getByRole("button", { name: `Delete ${secret.slice(0, 9)}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete secret" }).click();
  await page.getByText("No signing secrets").waitFor();
  expect((await dashboard.app.admin("GET", "/admin/projects/signed/signingSecrets")).json.signingSecrets).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the audit log tells who has changed what, page by page, and can be asked for one actor", async () => {
  await dashboard.makeProject("audited", { name: "Before" });
  const { id, secret } = await dashboard.makeToken(["project:manage"], "audited");
  await dashboard.app.post("/admin/projects/audited", { name: "x" }, { "X-Admin-Token": secret });
  const patched = await fetch(`${dashboard.app.url}/admin/projects/audited`, {
    method: "PATCH",
    headers: { "X-Admin-Token": secret, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "After" }),
  });
  expect(patched.status).toBe(200);
  for (let count = 0; count < 55; count += 1) {
    await dashboard.app.admin("PATCH", "/admin/projects/audited", { live: count % 2 === 1 });
  }
  const { page, complaints } = await dashboard.enter("/dashboard/p/audited/settings?tab=audit");
  const entries = page.getByRole("listitem");
  await expect.poll(() => entries.count()).toBe(50);
  await page.getByRole("button", { name: "Show older entries" }).click();
  await expect.poll(() => entries.count()).toBeGreaterThan(55);

  await page.getByLabel("Only by").fill(id);
  await expect.poll(() => entries.count()).toBe(1);
  await entries.getByText("Update project").click();
  expect(await entries.textContent()).toContain("nameBefore: BeforeAfter: After");
  expect(complaints).toEqual([]);
});
