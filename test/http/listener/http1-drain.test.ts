import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Budget } from "#src/http/budget.ts";
import type { ConnectionInit, ConnectionServer } from "#src/http/connection-server.ts";
import { createHttp1 } from "#src/http/listener/http1.ts";
import { SOCKET_OPTIONS } from "#src/http/listener/listen.ts";
import type { Serve } from "#src/http/message.ts";
import { defaultInit } from "../../support/listener.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { createFastPath, echo, GET, Wire } from "../support.ts";
import { inTwoParts } from "./support.ts";

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

const servers: [string, (init: ConnectionInit) => ConnectionServer][] = [
  ["the fast path", (init) => createFastPath({ ...init, bodyLimit: () => 0, takeOver: () => {} })],
  ["Node's server", createHttp1],
];

describe.each(servers)("%s", (_, create) => {
  async function startOne(serve: Serve) {
    const init = { ...defaultInit(), serve, requestBudget: new Budget(10), bodyBudget: new Budget(1000) };
    const server = create(init);
    const port = createServer(SOCKET_OPTIONS, (socket) => server.serve(socket));
    port.listen(0, "127.0.0.1");
    await once(port, "listening");
    stops.push(() => port.close());
    return { server, wire: new Wire((port.address() as { port: number }).port) };
  }

  test("goes on in a drain, and ends each connection with the next answer, which tells so", async () => {
    const { server, wire } = await startOne(echo);
    await wire.send(GET);
    await wire.sees(/Connection: keep-alive[\s\S]*GET \/a $/);
    server.drain();
    await wire.send(GET);
    await wire.sees(/Connection: close[\s\S]*GET \/a $/);
    await wire.closed;
    expect(server.busy.size).toBe(0);
  });

  test("keeps a connection in a drain whose answer has promised it, until the answer after that", async () => {
    const { serve, finish } = inTwoParts();
    const { server, wire } = await startOne((request) => (request.url === "/a" ? serve() : echo(request)));
    await wire.send(GET);
    await wire.sees(/Connection: keep-alive[\s\S]*begun/);
    server.drain();
    finish();
    await wire.sees(/ended\r\n0\r\n\r\n/);
    await wire.send(GET.replace("/a", "/next"));
    await wire.sees(/Connection: close[\s\S]*GET \/next $/);
    await wire.closed;
  });

  test("ends idle connections gently, and busy ones after the answer", async () => {
    const { serve, finish } = inTwoParts();
    const { server, wire } = await startOne((request) => (request.url === "/a" ? serve() : echo(request)));
    await wire.send(GET);
    await wire.sees(/begun/);
    expect(server.busy.size).toBe(1);
    server.close();
    finish();
    await wire.closed;
    expect(wire.received).toMatch(/ended\r\n0\r\n\r\n$/);

    const idle = await startOne(echo);
    await idle.wire.send(GET);
    await idle.wire.sees(/GET/);
    await waitUntil(() => idle.server.busy.size === 0);
    idle.server.close();
    await idle.wire.closed;
    expect(idle.wire.socket.errored).toBeNull();
  });
});
