import { expect, test } from "vitest";
import { ADMIN, startBridge } from "./bridge-server.ts";

test("query parameters are read, percent-encoded or with a plus, and unknown ones ignored", async () => {
  const { ask, seen } = await startBridge();
  const answer = await ask("GET", "/v1/state?siteKey=p&userHash=a+b%26%C3%A9&event=like&tz=Asia%2FTokyo&_=1&&x");
  expect(answer.status).toBe(200);
  expect(seen[0]).toMatchObject({ siteKey: "p", userHash: "a b&é", event: "like", tz: "Asia/Tokyo" });
});

test("the older name of a parameter stands in for it, and may repeat but not contradict it", async () => {
  const { ask, seen } = await startBridge();
  expect((await ask("GET", "/v1/state?siteKey=p&userHash=u&kind=like")).status).toBe(200);
  expect((await ask("GET", "/v1/state?siteKey=p&userHash=u&kind=like&event=like")).status).toBe(200);
  expect(seen).toEqual([expect.objectContaining({ event: "like" }), expect.objectContaining({ event: "like" })]);
  expect((await ask("GET", "/v1/state?siteKey=p&userHash=u&kind=like&event=x")).json.error).toBe("INVALID_BODY");
});

test.each([
  ["/v1/state?siteKey=p&siteKey=p&userHash=u&event=e", "siteKey is given more than once in the query: send it once."],
  [
    "/v1/state?siteKey=p&userHash=%E0%A4%A&event=e",
    "The query is not percent-encoded UTF-8: encode it with encodeURIComponent.",
  ],
  ["/v1/state?siteKey=p&userHash=u", "event is required and must not be empty."],
  ["/v1/state?siteKey=p&userHash=u&event=e&tz=", "tz must not be empty: leave it out."],
  ["/v1/state?siteKey=p&userHash=a%00&event=e", "userHash must not hold control characters."],
  ["/admin/projects?pageSize=ten", "pageSize must be an integer, in digits."],
  ["/admin/projects?pageSize=1e2", "pageSize must be an integer, in digits."],
  ["/admin/projects?pageSize=-1", "pageSize must not be negative."],
])("%s is refused, and the answer says why", async (path, message) => {
  const { ask } = await startBridge();
  const answer = await ask("GET", path, { headers: ADMIN });
  const field = message.startsWith("The query") ? {} : { field: message.split(" ", 1)[0] };
  expect([answer.status, answer.json]).toEqual([400, { error: "INVALID_BODY", message, ...field }]);
});

test("a field that the path sets is not read from the query", async () => {
  const { ask, seen } = await startBridge();
  await ask("GET", "/admin/projects/a%20b?siteKey=other", { headers: ADMIN });
  expect(seen[0]).toMatchObject({ siteKey: "a b" });
});

test("a PATCH without a mask changes the fields that the body holds, null included", async () => {
  const { ask, seen } = await startBridge();
  const patch = (path: string, body: unknown) => ask("PATCH", path, { headers: ADMIN, body: JSON.stringify(body) });
  await patch("/admin/projects/p", { live: false, allowedOrigins: [], timeZone: null, siteKey: "p" });
  await patch("/admin/projects/p?updateMask=name,allowedOrigins", { live: false });
  expect(seen).toMatchObject([
    {
      project: { siteKey: "p", live: false, timeZone: "" },
      updateMask: { paths: ["allowed_origins", "time_zone", "live"] },
    },
    { project: { siteKey: "p" }, updateMask: { paths: ["name", "allowed_origins"] } },
  ]);
  expect((await patch("/admin/projects/p?updateMask=", {})).json.message).toMatch(/^updateMask must list/);
});

test("a body that contradicts the path is refused", async () => {
  const { ask } = await startBridge();
  const body = JSON.stringify({ siteKey: "q" });
  const answer = await ask("PATCH", "/admin/projects/p", { headers: ADMIN, body });
  expect(answer.json).toEqual({
    error: "INVALID_BODY",
    message: "siteKey differs from the path: leave it out of the body.",
    field: "siteKey",
  });
});
