import { once } from "node:events";
import { Agent, request } from "node:http";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { echo, GET, http1Paths, POST, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

describe("usual requests", () => {
  test("are answered one after the other on one connection, without Node", async () => {
    const { port, leftToNode } = await start(echo);
    const wire = new Wire(port);
    await wire.send(GET.replace("/a", "/a?b=c"));
    await wire.sees(/\r\n\r\nGET \/a\?b=c $/);
    await wire.send(POST);
    await wire.sees(/\r\n\r\nPOST \/p abc$/);
    await wire.send("OPTIONS /o HTTP/1.1\r\nHost: x\r\n\r\n");
    await wire.sees(/\r\n\r\nOPTIONS \/o $/);
    expect(leftToNode).toEqual([]);
    wire.socket.destroy();
  });

  test("are answered in order when they are pipelined, the second not before the first", async () => {
    const answers = [Promise.withResolvers<Answer>(), Promise.withResolvers<Answer>(), Promise.withResolvers<Answer>()];
    let asked = 0;
    const { port } = await start(() => answers[asked++]?.promise as Promise<Answer>);
    const wire = new Wire(port);
    await wire.send(GET + POST + GET);
    await waitUntil(() => asked > 0);
    await setImmediate();
    expect(asked).toBe(1);
    answers[1]?.resolve(text("second"));
    answers[2]?.resolve(text("third"));
    answers[0]?.resolve(text("first"));
    await wire.sees(/first[\s\S]*second[\s\S]*third/);
    wire.socket.destroy();
  });

  test("may come in two parts, as many clients send head and body", async () => {
    const { port } = await start(echo);
    const wire = new Wire(port);
    for (const length of [POST.length - 3, POST.length - 2, 10]) {
      await wire.send(POST.slice(0, length));
      await setImmediate();
      await wire.send(POST.slice(length));
      await wire.sees(/\r\n\r\nPOST \/p abc$/);
      wire.received = "";
    }
    wire.socket.destroy();
  });

  test("and others of Node's own client are served alike", async () => {
    const { url } = await start(echo);
    const ask = async (method: string, headers: Record<string, string>, body?: string) => {
      const agent = new Agent({ keepAlive: true });
      const req = request(`${url}/x`, { method, headers, agent });
      req.end(body);
      const [res] = await once(req, "response");
      const answer = Buffer.concat(await res.toArray()).toString();
      agent.destroy();
      return answer;
    };
    expect(await ask("POST", { "content-length": "2" }, "ok")).toBe("POST /x ok");
    expect(await ask("POST", { "transfer-encoding": "chunked" }, "ok")).toBe("POST /x ok");
    expect(await ask("GET", {})).toBe("GET /x ");
    expect(await ask("DELETE", {})).toBe("DELETE /x ");
  });

  test.each<[string, () => Answer]>([
    [
      "a text",
      () => ({ status: 202, headers: { "X-Many": ["1", "2"], "Content-Type": "text/plain", "X-N": 5 }, body: "ü" }),
    ],
    ["bytes", () => ({ status: 200, headers: { "X-None": undefined }, body: Buffer.from([0, 255]) })],
    ["many bytes", () => ({ status: 200, headers: {}, body: Buffer.alloc(100_000, "x") })],
    ["a status alone", () => ({ status: 204, headers: {} })],
    ["an unusual status", () => ({ status: 599, headers: {}, body: "" })],
    ["trailers", () => ({ status: 200, headers: {}, body: "all", trailers: () => ({ "X-After": "1" }) })],
    ["trailers alone", () => ({ status: 200, headers: {}, trailers: () => ({ "X-After": ["1", "2"] }) })],
    [
      "a stream",
      () => ({
        status: 200,
        headers: {},
        body: (async function* () {
          yield "one";
          yield "";
          yield Buffer.from([0, 255]);
        })(),
      }),
    ],
  ])("are answered as Node answers them, but for the names of headers and their order: %s", async (_, answer) => {
    const lines = await Promise.all(
      http1Paths.map(async ({ fastPath }) => {
        const { port } = await start(async ({ url }) => (url === "/end" ? text("end") : answer()), { fastPath });
        const wire = new Wire(port);
        const request = GET.replace("\r\n\r\n", "\r\nX-Request-Id: mine\r\n\r\n");
        await wire.send(`${request}${request.replace("/a", "/end")}`);
        await wire.sees(/end$/);
        wire.socket.destroy();
        const [head = "", ...rest] = wire.received.replaceAll(/Date: .*\r\n/g, "Date: now\r\n").split("\r\n\r\n");
        return [head.split("\r\n").sort(), ...rest.map((part) => part.split("\r\n").sort())];
      }),
    );
    expect(lines[0]).toEqual(lines[1]);
  });

  test("are answered with bytes, and with nothing but a status", async () => {
    const { port } = await start(async ({ method }) =>
      method === "GET" ? text(Buffer.from([0, 255])) : { status: 204, headers: {} },
    );
    const wire = new Wire(port);
    await wire.send(POST);
    await wire.sees(/^HTTP\/1\.1 204 No Content\r\n(?![\s\S]*Content-Length)[\s\S]*\r\n\r\n$/);
    await wire.send(GET);
    await wire.sees(/Content-Length: 2\r\n[\s\S]*\r\n\r\n\0\xff$/);
    wire.socket.destroy();
  });
});
