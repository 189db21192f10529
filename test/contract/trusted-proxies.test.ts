import { request } from "node:http";
import { connect } from "node:http2";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { GetStateRequestSchema, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { openApp } from "../support/app.ts";
import { newFolder } from "../support/folder.ts";
import { type Server, startServer } from "../support/server.ts";
import { waitUntil } from "../support/wait-until.ts";

const STATE = "/v1/state?siteKey=proj_demo&userHash=u&event=visit";
const EVENT = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const LIMITED = { RATE_LIMIT_PER_ADDRESS: "1:100" };

// The clock of the limits stands still: otherwise an address that asks a second later, on a slow machine, has a call more.
beforeEach(() => void vi.spyOn(performance, "now").mockReturnValue(performance.now()));

/** How many calls an address has left, by an answer's header. */
const left = (headers: Headers) => Number(/r=(\d+)/.exec(headers.get("RateLimit") ?? "")?.[1]);

describe("with the proxy trusted, each client has a limit of its own", () => {
  test.each(["on", "off"])("over HTTP/1.1, HTTP_FAST_PATH=%s", async (setting) => {
    const app = await openApp({ ...LIMITED, TRUSTED_PROXIES: "127.0.0.0/8", HTTP_FAST_PATH: setting });
    const ask = async (forwarded: string) => left((await app.get(STATE, { "X-Forwarded-For": forwarded })).headers);
    expect(await ask("198.51.100.1")).toBe(99);
    expect(await ask("203.0.113.5, 198.51.100.1")).toBe(98);
    expect(await ask("198.51.100.2")).toBe(99);
    expect(await ask("2001:db8::1")).toBe(99);
    expect(await ask("2001:db8::2:1")).toBe(98);
    expect(await ask("2001:db8:0:1::1")).toBe(99);
  });

  test("over HTTP/2, also when the header comes twice", async () => {
    const app = await openApp({ ...LIMITED, TRUSTED_PROXIES: "127.0.0.1" });
    const session = connect(app.url);
    onTestFinished(() => session.destroy());
    const ask = (forwarded: string[]) =>
      new Promise<number>((resolve) => {
        const stream = session.request({ ":path": STATE, "x-forwarded-for": forwarded });
        stream.on("response", (headers) => resolve(left(new Headers({ RateLimit: `${headers.ratelimit}` }))));
        stream.resume();
      });
    expect(await ask(["203.0.113.5", "198.51.100.1"])).toBe(99);
    expect(await ask(["198.51.100.1"])).toBe(98);
    expect(await ask(["203.0.113.5"])).toBe(99);
  });

  test("over gRPC, and gRPC-Web as text", async () => {
    const app = await openApp({ ...LIMITED, TRUSTED_PROXIES: "127.0.0.1" });
    const client = createClient(StreakService, createGrpcTransport({ baseUrl: app.url }));
    const headers = { "X-Forwarded-For": "198.51.100.1" };
    await client.getState(EVENT, { headers, onHeader: (header) => expect(left(header)).toBe(99) });
    const message = toBinary(GetStateRequestSchema, create(GetStateRequestSchema, EVENT));
    const answer = await fetch(`${app.url}/streak.v1.StreakService/GetState`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/grpc-web-text" },
      body: Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]).toString("base64"),
    });
    expect(left(answer.headers)).toBe(98);
  });

  test("on a Unix socket", async () => {
    const path = join(await newFolder(), "s.sock");
    const server = await startServer({ env: { ...LIMITED, HOST: `unix:${path}`, TRUSTED_PROXIES: "unix" } });
    onTestFinished(() => server.stop());
    const ask = (headers: Record<string, string>) =>
      new Promise<string | undefined>((resolve, reject) => {
        const asking = request({ socketPath: path, path: STATE, headers }, (response) => {
          response.resume();
          resolve(response.headers.ratelimit as string | undefined);
        });
        asking.on("error", reject).end();
      });
    expect(await ask({ "X-Forwarded-For": "198.51.100.1" })).toBe('"address";r=99;t=1');
    expect(await ask({ "X-Forwarded-For": "198.51.100.2" })).toBe('"address";r=99;t=1');
    // Whoever connects without a proxy has no address, and is not limited by it.
    expect(await ask({})).toBeUndefined();
  });
});

test.each([undefined, "10.0.0.0/8"])("with TRUSTED_PROXIES=%s nobody can invent an address", async (trusted) => {
  const app = await openApp({ ...LIMITED, ...(trusted && { TRUSTED_PROXIES: trusted }) });
  const ask = async (forwarded: string) => left((await app.get(STATE, { "X-Forwarded-For": forwarded })).headers);
  expect(await ask("198.51.100.1")).toBe(99);
  expect(await ask("198.51.100.2")).toBe(98);
});

test("the log calls the client by its address", async () => {
  const server = await startServer({ env: { TRUSTED_PROXIES: "127.0.0.1" } });
  onTestFinished(() => server.stop());
  const headers = { "X-Forwarded-For": "198.51.100.1" };
  await fetch(server.url + STATE, { headers });
  await fetch(`${server.url}/nothing`, { headers });
  const peers = () =>
    lines(server)
      .filter(({ msg }) => msg === "request")
      .map(({ peer }) => peer);
  await waitUntil(() => peers().length === 2);
  expect(peers()).toEqual(["198.51.100.1", "198.51.100.1"]);
});

test("the start is refused when a proxy is none", async () => {
  const starting = startServer({ env: { TRUSTED_PROXIES: "10.0.0.0/8, proxy.example" } });
  await expect(starting).rejects.toThrow(/TRUSTED_PROXIES must be addresses.*"proxy.example" is none/);
});

const lines = ({ output }: Server) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
