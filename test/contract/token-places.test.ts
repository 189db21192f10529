import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { http2Client } from "../http/support.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";

// Where a token may stand in a request, and where it is nothing: a proxy in front can only remove what is where it looks.

const shared = useApp();

/** Sends the bytes of a request, and returns the status of the answer. */
function statusOf(url: string, ...lines: readonly string[]): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(lines.join("\r\n")));
    let answer = "";
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
      if (status !== undefined) {
        resolve(Number(status));
        socket.destroy();
      }
    });
    socket.on("error", reject);
  });
}

const get = (path: string, ...headers: readonly string[]) => [
  `GET ${path} HTTP/1.1`,
  "Host: localhost",
  ...headers,
  "",
  "",
];
const basic = Buffer.from(`x:${ADMIN_TOKEN}`).toString("base64");

describe.each(["on", "off"])("with HTTP_FAST_PATH=%s", (fastPath) => {
  test("a token counts in its two headers", async () => {
    const { url } = await openApp({ HTTP_FAST_PATH: fastPath });
    for (const header of [`X-Admin-Token: ${ADMIN_TOKEN}`, `Authorization: Bearer ${ADMIN_TOKEN}`]) {
      expect(await statusOf(url, ...get("/admin/projects", header))).toBe(200);
    }
  });

  test("and nowhere else", async () => {
    const { url } = await openApp({ HTTP_FAST_PATH: fastPath });
    const places: [string, string[]][] = [
      [
        "the query",
        get(`/admin/projects?X-Admin-Token=${ADMIN_TOKEN}&access_token=${ADMIN_TOKEN}&token=${ADMIN_TOKEN}`),
      ],
      ["a cookie", get("/admin/projects", `Cookie: X-Admin-Token=${ADMIN_TOKEN}`)],
      ["a password", get("/admin/projects", `Authorization: Basic ${basic}`)],
      ["a scheme of its own", get("/admin/projects", `Authorization: Token ${ADMIN_TOKEN}`)],
      ["a header with underscores", get("/admin/projects", `X_Admin_Token: ${ADMIN_TOKEN}`)],
      ["a proxy's header", get("/admin/projects", `Proxy-Authorization: Bearer ${ADMIN_TOKEN}`)],
      ["the user token", get("/admin/projects", `X-User-Token: ${ADMIN_TOKEN}`)],
      ["a header that is sent twice", get("/admin/projects", ...Array(2).fill(`X-Admin-Token: ${ADMIN_TOKEN}`))],
      ["an empty header and another", get("/admin/projects", "X-Admin-Token:", `X-Admin-Token: ${ADMIN_TOKEN}`)],
      [
        "a trailer",
        [
          ...["POST /admin/tokens HTTP/1.1", "Host: localhost", "Content-Type: application/json"],
          ...["Transfer-Encoding: chunked", "Trailer: X-Admin-Token", "", "2", "{}", "0"],
          ...[`X-Admin-Token: ${ADMIN_TOKEN}`, "", ""],
        ],
      ],
    ];
    for (const [place, request] of places) {
      expect(await statusOf(url, ...request), place).toBe(401);
    }
  });

  test("a header that a lenient proxy may read differently is refused", async () => {
    const { url } = await openApp({ HTTP_FAST_PATH: fastPath });
    const tricks: [string, string[]][] = [
      ["a space before the colon", get("/admin/projects", `X-Admin-Token : ${ADMIN_TOKEN}`)],
      ["a folded line", get("/admin/projects", "X-Other: a", ` X-Admin-Token: ${ADMIN_TOKEN}`)],
      ["a line feed alone", get("/admin/projects", `X-Other: a\nX-Admin-Token: ${ADMIN_TOKEN}`)],
    ];
    for (const [trick, request] of tricks) {
      expect(await statusOf(url, ...request), trick).toBe(400);
    }
  });

  test("no header changes the method or the path of a request", async () => {
    const { url } = await openApp({ HTTP_FAST_PATH: fastPath });
    const token = `X-Admin-Token: ${ADMIN_TOKEN}`;
    const asDelete = ["X-HTTP-Method-Override: DELETE", "X-Original-URL: /admin/projects/proj_demo", token];
    expect(await statusOf(url, ...get("/admin/projects/proj_demo", ...asDelete))).toBe(200);
    expect(await statusOf(url, ...get("/admin/projects/proj_demo", token))).toBe(200);
    for (const path of ["//admin/projects", "/Admin/projects", "/v1/../admin/projects", "/%61dmin/projects"]) {
      expect(await statusOf(url, ...get(path, token)), path).toBe(404);
    }
  });
});

test("over HTTP/2 a trailer is no header either", async () => {
  const session = await http2Client(shared.app.url);
  const request = session.request(
    { ":method": "POST", ":path": "/admin/tokens", "content-type": "application/json" },
    { waitForTrailers: true },
  );
  request.on("wantTrailers", () => request.sendTrailers({ "x-admin-token": ADMIN_TOKEN }));
  request.end("{}");
  const status = await new Promise((resolve) => {
    request.on("response", (headers) => resolve(headers[":status"]));
  });
  session.destroy();
  expect(status).toBe(401);
});
