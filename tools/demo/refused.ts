import type { Api } from "./api.ts";

/**
 * Makes a few calls that are refused, so that there is something to see where the dashboard tells of such calls.
 *
 * @param options.now the present of the server, in epoch milliseconds
 */
export async function makeRefusedCalls(
  api: Api,
  { siteKey, now }: { readonly siteKey: string; readonly now: number },
): Promise<void> {
  const event = { siteKey, userHash: "user_00001", event: "visit" };
  const record = (fields: object, headers = {}) => api.call("POST", "/v1/e", { ...event, ...fields }, headers);
  // A page of somebody else, a misspelt event, a clock that is wrong, a zone that does not exist.
  await record({}, { Origin: "https://copycat.example" });
  await record({ event: "leson_done" });
  await record({ ts: new Date(now + 24 * 60 * 60 * 1000).toISOString() });
  await record({ tz: "Europe/Atlantis" });

  // A token that may only read states asks for more, and a token that is none.
  const token = { name: "website (reads states)", siteKey, scopes: ["states:read"] };
  const { json } = await api.admin("POST", "/admin/tokens", token);
  const users = `/admin/projects/${siteKey}/users`;
  await api.call("GET", users, undefined, { "X-Admin-Token": json.secret });
  await api.call("PATCH", `/admin/projects/${siteKey}`, { live: false }, { "X-Admin-Token": json.secret });
  await api.call("GET", users, undefined, { "X-Admin-Token": "an old token" });
}
