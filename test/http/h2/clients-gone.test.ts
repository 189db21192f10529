import { constants } from "node:http2";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Answer, Request } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { askHttp2, measure } from "../listener/support.ts";
import { bodyOf, http2Client, start, stopAll, text } from "../support.ts";

afterEach(stopAll);

describe("clients that go away", () => {
  test("amid a body are told to its reader", async () => {
    const seen: unknown[] = [];
    const { url } = await start(async (request) => {
      if (request.method === "POST") {
        await Promise.resolve(request.body.whole(10)).catch((error: Error) => seen.push(error.name));
      }
      return text("");
    });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    stream.write("abc");
    await bodyOf(session.request({})); // so the server has read what came before
    session.destroy();
    await waitUntil(() => seen.length > 0);
    expect(seen).toEqual(["ClientGone"]);
  });

  test("before their answer are told to who waits for it, and get none", async () => {
    const told: unknown[] = [];
    const slow = Promise.withResolvers<Answer>();
    const { url, errors } = await start((request) => {
      request.onceOver(() => told.push(request.url));
      return request.url === "/slow" ? slow.promise : measure(request);
    });
    const session = await http2Client(url);
    const stream = session.request({ ":path": "/slow", ":method": "POST" });
    stream.on("error", () => {});
    stream.end("abc");
    await bodyOf(session.request({ ":path": "/fast" }));
    await waitUntil(() => told.length === 1);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await waitUntil(() => told.length === 2);
    slow.resolve(text("to nobody"));
    expect(await bodyOf(session.request({ ":path": "/still" }))).toBe("GET /still 0");
    expect(told.slice(0, 2)).toEqual(["/fast", "/slow"]);
    expect(errors).toEqual([]);
    session.close();
  });

  test("are told at once to who asks only then, and leave no address", async () => {
    const requests: Request[] = [];
    const { url } = await start((request) => {
      requests.push(request);
      return new Promise(() => {});
    });
    const session = await http2Client(url);
    session.request({}).on("error", () => {});
    await waitUntil(() => requests.length === 1);
    const [request] = requests as [Request];
    expect([request.isGone, request.peer]).toEqual([false, "127.0.0.1"]);
    session.destroy();
    await waitUntil(() => request.isGone);
    const tell = vi.fn();
    request.onceOver(tell);
    expect(tell).toHaveBeenCalledTimes(1);
    expect(request.peer).toBeUndefined();
  });

  test("behind an upload that nobody reads are told once", async () => {
    const tell = vi.fn();
    const { url } = await start((request) => {
      request.onceOver(tell);
      return new Promise(() => {});
    });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    stream.write("abc");
    await new Promise((resolve) => session.ping(resolve)); // so the server has read what came before
    stream.close(constants.NGHTTP2_CANCEL);
    await waitUntil(() => tell.mock.calls.length > 0);
    await new Promise((resolve) => session.ping(resolve));
    session.destroy();
    expect(tell).toHaveBeenCalledTimes(1);
  });

  test("with their whole connection leave the server serving", async () => {
    const { url } = await start(measure);
    for (let count = 0; count < 20; count++) {
      const session = await http2Client(url);
      for (const parts of [["abc"], []]) {
        const stream = session.request({ ":method": "POST" });
        stream.on("error", () => {});
        for (const part of parts) {
          stream.write(part);
        }
      }
      session.request({}).on("error", () => {});
      session.destroy();
    }
    expect((await askHttp2(url, {})).body).toBe("GET /a 0");
  });
});
