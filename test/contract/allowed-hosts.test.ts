import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { createHostFilter } from "#src/http/allowed-hosts.ts";
import { type Server, startServer } from "../support/server.ts";

describe("with ALLOWED_HOSTS", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { ALLOWED_HOSTS: "streaks.example.com, *.example.org" } });
  });
  afterAll(() => server.stop());

  async function ask(host: string, request: string): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(request.replace("\r\n", ` HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`));
    return readText(socket);
  }

  const STATE = "GET /v1/state?siteKey=proj_demo&userHash=u&event=visit\r\n\r\n";
  const RPC = "POST /streak.v1.StreakService/GetState\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

  test.each([
    ["REST", STATE],
    ["an RPC", RPC],
    ["metrics", "GET /metrics\r\n\r\n"],
    ["a preflight", "OPTIONS /v1/e\r\nOrigin: https://x\r\nAccess-Control-Request-Method: POST\r\n\r\n"],
    ["a path with nothing", "GET /nothing\r\n\r\n"],
  ])("%s for another host is refused, with what to do", async (_, request) => {
    for (const host of ["evil.example", `127.0.0.1:${server.port}`]) {
      const answer = await ask(host, request);
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
        error: "FORBIDDEN_HOST",
        message: expect.stringContaining("ALLOWED_HOSTS"),
      });
    }
  });

  test.each(["streaks.example.com", "Streaks.Example.com:8080", "a.example.org"])("%s is served", async (host) => {
    expect(await ask(host, STATE)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("probes are answered whatever the host, since orchestrators ask by address", async () => {
    expect(await ask("10.0.0.7", "GET /healthz\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask("10.0.0.7", "GET /readyz\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 /);
    const check = "POST /grpc.health.v1.Health/Check\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    expect(await ask("10.0.0.7", check)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("the :authority of HTTP/2 counts as the host", async () => {
    const session = connectHttp2(server.url);
    const status = async (authority: string) => {
      const stream = session.request({ ":path": "/openapi.json", ":authority": authority });
      const [headers] = await once(stream, "response");
      stream.close();
      return headers[":status"];
    };
    expect([await status("evil.example"), await status("streaks.example.com")]).toEqual([421, 200]);
    session.close();
  });
});

test.each([
  ["streaks.example.com", "streaks.example.com", true],
  ["streaks.example.com", "STREAKS.example.com.:80", true],
  ["streaks.example.com", "streaks.example.com.evil", false],
  ["*.example.com", "a.b.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", "evilexample.com", false],
  ["[::1]", "[::1]:8080", true],
  ["127.0.0.1", "127.0.0.1", true],
  ["ip", "10.1.2.3:80", true],
  ["ip", "[fe80::1]", true],
  ["ip", "1.2.3.4.evil.example", false],
  ["localhost", "10.1.2.3", false],
])("a list with %s lets %s pass: %s", (pattern, host, expected) => {
  expect(createHostFilter([pattern])(host)).toBe(expected);
});

test.each(["example.com:80", "https://example.com", "a b", "*", "a,,b", "exa*mple.com"])(
  "ALLOWED_HOSTS=%s is refused at the start",
  (value) => {
    expect(() => readConfig({ ALLOWED_HOSTS: value })).toThrow(/ALLOWED_HOSTS must be hosts without ports/);
  },
);
