// To try the example with: makes a project for it, and a signing secret. Your site has both already, the secret in the
// environment as ALIAS_SIGNING_SECRET.

import { readFileSync } from "node:fs";

/** Makes the project, if it is not there, and a new signing secret in place of the one of the last start. */
export async function makeSigningSecret(streakdUrl, siteKey) {
  const file = new URL("../../../data/admin-token", import.meta.url);
  const token = process.env.ADMIN_TOKEN ?? readFileSync(file, "utf8").trim();

  async function call(method, path, body) {
    const headers = { "X-Admin-Token": token, "Content-Type": "application/json" };
    const response = await fetch(streakdUrl + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok && response.status !== 409) {
      throw new Error(`streakd refuses ${method} ${path}: ${text}`);
    }
    return text && JSON.parse(text);
  }

  await call("POST", "/admin/projects", {
    siteKey,
    allowedOrigins: ["localhost"],
    // Pages must prove whose streak they read.
    signedUsers: "browsers",
    widgets: [{ event: "visit", milestones: [{ target: 3, msg: "3 days!" }] }],
  });
  const secrets = `/admin/projects/${siteKey}/signingSecrets`;
  for (const { id } of (await call("GET", secrets)).signingSecrets ?? []) {
    await call("DELETE", `${secrets}/${id}`);
  }
  return (await call("POST", secrets)).secret;
}
