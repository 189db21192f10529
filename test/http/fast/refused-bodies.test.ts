import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { Budget } from "#src/http/budget.ts";
import { SOCKET_OPTIONS } from "#src/http/listener/listen.ts";
import type { Answer, Serve } from "#src/http/message.ts";
import { defaultInit } from "../../support/listener.ts";
import { createFastPath, GET, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

const LIMIT = 70_000;
const bodyLimit = () => LIMIT;

const read: Serve = async ({ method, url, body }) => text(`${method} ${url} ${(await body.whole(LIMIT)).length}`);

/** The beginning of a POST, with these headers and of the body so much. */
function begin(headers: string, body = ""): string {
  return `POST /long HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;
}

/** All that a client is sent until the connection ends, without what differs from answer to answer. */
async function answerTo(bytes: string, options: { fastPath: boolean }) {
  const { port, leftToNode } = await start(read, { ...options, bodyLimit });
  const wire = new Wire(port);
  await wire.send(bytes);
  await wire.closed;
  return {
    received: wire.received.replaceAll(/^(Date|X-Request-Id): .*\r\n/gm, ""),
    isNodes: leftToNode.length > 0 || !options.fastPath,
  };
}

const CHUNKED = "Transfer-Encoding: chunked";
const BLOCK = `f000\r\n${"x".repeat(0xf000)}\r\n`;

describe("a body that nobody reads", () => {
  test.each([
    ["by its length", begin("Content-Length: 70001")],
    ["of which a part has come", begin("Content-Length: 70001", "x".repeat(30_000))],
    ["by the length of its first chunk", begin(CHUNKED, "11171\r\nx")],
    ["by the lengths of its chunks", begin(CHUNKED, `${BLOCK}3000\r\nx`)],
    ["of a client that closes", begin("Connection: close\r\nContent-Length: 70001")],
    ["of a client that waits for a 100", begin("Content-Length: 70001\r\nExpect: 100-continue")],
    ["behind another request", GET + begin("Content-Length: 70001", "x")],
  ])("is refused without Node, as Node would: %s", async (_, bytes) => {
    const fast = await answerTo(bytes, { fastPath: true });
    const node = await answerTo(bytes, { fastPath: false });
    expect(fast.received).toMatch(/HTTP\/1.1 413 [\s\S]*\r\nConnection: close\r\n[\s\S]*larger than 70000 bytes/);
    expect(fast.received).not.toContain("100 Continue");
    expect(fast.received).toBe(node.received);
    expect([fast.isNodes, node.isNodes]).toEqual([false, true]);
  });

  test.each([
    ["as long as it may be", begin("Content-Length: 70000", "x".repeat(70_000))],
    ["in chunks that are as long as it may be", begin(CHUNKED, `${BLOCK}2170\r\n${"x".repeat(0x2170)}\r\n0\r\n\r\n`)],
  ])("is none that is %s", async (_, bytes) => {
    const { port } = await start(read, { bodyLimit });
    const wire = new Wire(port);
    await wire.send(bytes);
    await wire.sees(/POST \/long 70000$/);
    wire.socket.destroy();
  });

  test.each([
    ["two lengths", "Content-Length: 70001\r\nContent-Length: 70001"],
    ["a length beside chunks", `Content-Length: 70001\r\n${CHUNKED}`],
    ["chunks in another encoding", "Transfer-Encoding: gzip, chunked"],
    ["an upgrade", "Content-Length: 70001\r\nConnection: upgrade\r\nUpgrade: h2c"],
    ["an unknown expectation", "Content-Length: 70001\r\nExpect: more"],
  ])("is left to Node when its head says so in an unusual way: %s", async (_, headers) => {
    const { port, leftToNode } = await start(read, { bodyLimit });
    const wire = new Wire(port);
    await wire.send(begin(headers, "11171\r\nx"));
    await wire.closed;
    expect(leftToNode).toHaveLength(1);
  });

  test("takes no memory while its client waits for the refusal", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Answer>();
    const serve: Serve = () => {
      asked.resolve();
      return answer.promise;
    };
    const takeOver = () => expect.unreachable();
    const fastPath = createFastPath({ ...defaultInit(), serve, bodyLimit, requestBudget: new Budget(1), takeOver });
    const server = createServer(SOCKET_OPTIONS, (socket) => fastPath.serve(socket)).listen(0, "127.0.0.1");
    const [[end], wire] = await Promise.all([
      once(server, "connection") as Promise<[Socket]>,
      once(server, "listening").then(() => new Wire((server.address() as AddressInfo).port)),
    ]);
    wire.socket.write(begin("Content-Length: 4000000", "x".repeat(1_000_000)));
    await asked.promise;
    for (let turn = 0; turn < 20; turn += 1) {
      await setImmediate();
    }
    expect(end.readableLength).toBe(0);
    expect(end.bytesRead).toBeLessThanOrEqual(64 * 1024);

    answer.resolve(text("no"));
    await wire.sees(/no$/);
    wire.socket.destroy();
    server.close();
  });
});
