import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:http2";
import { expect, test } from "vitest";
import { routes } from "#gen/rest.ts";
import { StreakdError } from "#src/errors.ts";
import { createRestBridge } from "#src/rest/bridge.ts";
import { createRouter } from "#src/rest/router.ts";
import { defaultCompression } from "../support/listener.ts";
import { ADMIN, EVENT, startBridge } from "./bridge-server.ts";

const STATE = "/v1/state?siteKey=p&userHash=u&event=like";

test.each([
  ...[
    "/",
    "/v1",
    "/v1/e/",
    "//v1/e",
    "/v1//e",
    "/V1/e",
    "/v1/e/x",
    "/v1/%65",
    "*",
    "/admin/projects/",
    "/admin/projects//",
  ],
  ...["/admin/projects/a/b", "/admin/projects/%", "/admin/projects/%ff", "/__proto__", "/constructor"],
])("nothing is at %s", async (path) => {
  const { port } = await startBridge();
  const asking = request({ port, host: "127.0.0.1", path, headers: ADMIN }).end(); // fetch would tidy the path up
  const [response] = await once(asking, "response");
  response.resume();
  expect(response.statusCode).toBe(404);
});

test("a method that a path does not take is refused with those that it does", async () => {
  const { ask } = await startBridge();
  const answers = [await ask("GET", "/v1/e"), await ask("POST", STATE), await ask("PUT", "/admin/projects/p")];
  expect(answers.map(({ status, json }) => [status, json.error])).toEqual(Array(3).fill([405, "METHOD_NOT_ALLOWED"]));
  expect(answers.map(({ headers }) => headers.get("allow"))).toEqual(["POST", "GET, HEAD", "GET, HEAD, PATCH, DELETE"]);
  expect(answers[0]?.json.message).toBe("This path takes POST.");
});

test("HEAD is answered as GET is, without the body", async () => {
  const { ask } = await startBridge();
  const get = await ask("GET", STATE);
  const head = await ask("HEAD", STATE);
  expect([head.status, head.bytes.length]).toEqual([200, 0]);
  expect(head.headers.get("content-length")).toBe(String(get.bytes.length));
  expect((await ask("HEAD", "/v1/state")).status).toBe(400);
});

test("an admin route asks for the token before it looks at the body", async () => {
  const { ask, seen } = await startBridge();
  const body = "x".repeat(1_000_000);
  const answer = await ask("POST", "/admin/projects", { body, headers: { "X-Admin-Token": "guess" } });
  expect([answer.status, answer.json]).toEqual([
    401,
    {
      error: "UNAUTHORIZED",
      message: "The token is mistyped: it is not the admin token, and it does not have the form of a token.",
    },
  ]);
  expect((await ask("POST", "/admin/projects", { body })).json.message).toBe(
    "The token is missing. Send it in the header X-Admin-Token or as a bearer token.",
  );
  expect(seen).toEqual([]);
  expect((await ask("GET", "/admin/projects", { headers: ADMIN })).status).toBe(200);
});

test("a 204 has no body", async () => {
  const { ask, seen } = await startBridge();
  const body = JSON.stringify({ siteKey: "p", anonymousId: "a", userHash: "u" });
  const answer = await ask("POST", "/admin/alias", { headers: ADMIN, body });
  expect([answer.status, answer.bytes.length, answer.headers.get("content-type")]).toEqual([204, 0, null]);
  expect((await ask("DELETE", "/admin/projects/p%2F1", { headers: ADMIN })).status).toBe(204);
  expect(seen[1]).toMatchObject({ siteKey: "p/1" });
});

test("what a service refuses is answered with its code, and OVERLOADED with when to come back", async () => {
  const { record, errors } = await startBridge(() => {
    throw new StreakdError("OVERLOADED", "Try again later.");
  });
  const answer = await record(EVENT);
  expect([answer.status, answer.json]).toEqual([503, { error: "OVERLOADED", message: "Try again later." }]);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(errors).toEqual([]);
});

test("what goes wrong inside is reported to the operator and kept from the caller", async () => {
  const cause = new Error("connection to 10.0.0.7 refused");
  const { record, errors } = await startBridge(() => Promise.reject(cause));
  const answer = await record(EVENT);
  expect([answer.status, answer.json.error]).toEqual([500, "INTERNAL"]);
  expect(answer.json.message).not.toContain("10.0.0.7");
  expect(errors).toEqual([cause]);
});

test("the bridge speaks HTTP/2, and its handlers learn the origin of the page that calls", async () => {
  const { url } = await startBridge(({ principal }) => ({ meta: { apiVersion: `${principal.origin}` } }));
  const session = connect(url);
  const ask = async (headers: Record<string, string>) => {
    const stream = session.request(headers).setEncoding("utf8").end();
    const [answer] = await once(stream, "response");
    let text = "";
    for await (const chunk of stream) {
      text += chunk;
    }
    return [answer[":status"], text];
  };
  expect(await ask({ ":path": STATE, origin: "https://a.example" })).toEqual([
    200,
    '{"meta":{"apiVersion":"https://a.example","isLive":false},"week":[],"milestones":[]}',
  ]);
  expect((await ask({ ":path": STATE }))[1]).toContain('"apiVersion":"undefined"');
  expect(await ask({ ":path": STATE, ":method": "HEAD" })).toEqual([200, ""]);
  expect((await ask({ ":path": STATE, ":method": "DELETE" }))[0]).toBe(405);
  expect((await ask({ ":path": "/nowhere" }))[0]).toBe(404);
  session.destroy();
});

test("a literal segment wins over a variable, and what fails below it falls back to the variable", () => {
  const [route] = routes;
  if (route === undefined) {
    throw new Error("no routes");
  }
  const at = (...segments: (string | null)[]) => ({ ...route, verb: "GET", segments });
  const [literal, variable, below] = [at("a", "b"), at("a", null), at("a", null, "c")];
  const find = createRouter([literal, variable, below]);
  const found = (path: string) => [find(path)?.routes.get("GET"), find(path)?.variables];
  expect(found("/a/b")).toEqual([literal, []]);
  expect(found("/a/x%20y")).toEqual([variable, ["x y"]]);
  expect(found("/a/b/c")).toEqual([below, ["b"]]);
  expect(() => createRouter([literal, literal])).toThrow("two routes for GET /a/b");
});

test("an action wins over a variable that could hold its colon, at the end of a path alone", () => {
  const [route] = routes;
  if (route === undefined) {
    throw new Error("no routes");
  }
  const at = (verb: string, segments: (string | null)[], action?: string) => ({
    ...{ ...route, verb, segments },
    ...(action !== undefined && { action }),
  });
  const [read, rotate, below] = [
    at("GET", ["a", null]),
    at("POST", ["a", null], "rotate"),
    at("GET", ["a", null, "b"]),
  ];
  const find = createRouter([read, rotate, below]);
  const found = (path: string, verb: string) => [find(path)?.routes.get(verb), find(path)?.variables];
  expect(found("/a/x%3Ay:rotate", "POST")).toEqual([rotate, ["x:y"]]);
  expect(found("/a/x:y:rotate", "POST")).toEqual([rotate, ["x:y"]]);
  expect(found("/a/x:rotate", "GET")).toEqual([undefined, ["x"]]);
  expect(found("/a/x:other", "GET")).toEqual([read, ["x:other"]]);
  expect(found("/a/x%3Arotate", "GET")).toEqual([read, ["x:rotate"]]);
  expect(found("/a/:rotate", "GET")).toEqual([read, [":rotate"]]);
  expect(found("/a/x:rotate/b", "GET")).toEqual([below, ["x:rotate"]]);
  expect(find("/a/%:rotate")).toBeUndefined();
  expect(() => createRouter([rotate, rotate])).toThrow("two routes for POST /a/{}:rotate");
});

test("a bridge without an implementation for a route does not start", () => {
  expect(() => createRestBridge(routes, [], async () => ({}) as never, defaultCompression().decompress)).toThrow(
    /no implementation of streak.v1/,
  );
});
