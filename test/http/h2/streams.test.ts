import { once } from "node:events";
import { type ClientHttp2Stream, constants } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer, Request } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { askHttp2, measure } from "../listener/support.ts";
import { bodyOf, http2Client, resetOfHalfABody, start, stopAll, text } from "../support.ts";

afterEach(stopAll);

describe("streams", () => {
  test("whose body stops coming are cancelled", async () => {
    const { url } = await start(measure, { requestMs: 30, silenceMs: 30 });
    expect(await resetOfHalfABody(url)).toBe(constants.NGHTTP2_CANCEL);
  });

  test.each<[string, (stream: ClientHttp2Stream) => void]>([
    ["has no body", (stream) => stream.end()],
    ["has a body that has come whole", (stream) => stream.end("abc")],
    ["has a body that the server does not read", (stream) => stream.write("abc")],
  ])("stay, however long nothing is sent, when the request %s", async (_, send) => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Answer>();
    const { url } = await start(
      (request) => {
        asked.resolve();
        return request.url === "/late" ? answer.promise : measure(request);
      },
      { requestMs: 20, silenceMs: 20 },
    );
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST", ":path": "/late" }, { endStream: false });
    send(stream);
    await asked.promise;
    // A stream that comes later, and whose body is waited for, is cancelled.
    await resetOfHalfABody(url);
    answer.resolve(text("late"));
    expect(await bodyOf(stream)).toBe("late");
    session.destroy();
  });

  test("whose body stops coming while they are answered are cut off recognisably", async () => {
    async function* parts() {
      yield "begun";
      await new Promise(() => {});
    }
    const { url } = await start(async () => text(parts()), { requestMs: 20, silenceMs: 20 });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    stream.on("error", () => {}).resume();
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    session.destroy();
  });

  test("are answered 500, and the operator is told, when answering fails", async () => {
    const { url, errors } = await start(async () => {
      throw new Error("rejected");
    });
    const { head, body } = await askHttp2(url, { ":method": "POST" }, ["abc"]);
    expect([head[":status"], JSON.parse(body)]).toEqual([500, { error: "INTERNAL", message: expect.any(String) }]);
    expect(errors.map(String)).toEqual(["Error: rejected"]);
  });

  test("are reset, and the operator is told, when a header can't be sent", async () => {
    const { url, errors } = await start(async () => ({ status: 200, headers: { "not a name": "x" }, body: "" }));
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" });
    stream.on("error", () => {});
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.end("abc");
    await closed;
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
    session.close();
  });

  test("are reset, and the operator is told, when a trailer can't be sent", async () => {
    const trailers = () => ({ "not a name": "x" });
    const { url, errors } = await start(async () => ({ status: 200, headers: {}, body: "all", trailers }));
    const session = await http2Client(url);
    const stream = session.request({});
    stream.on("error", () => {}).resume();
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
    session.close();
  });

  test("in flight are finished in a shutdown, behind a GOAWAY", async () => {
    const slow = Promise.withResolvers<Answer>();
    let isAsked = false;
    const { url, listener } = await start(() => {
      isAsked = true;
      return slow.promise;
    });
    const session = await http2Client(url);
    const answer = bodyOf(session.request({}));
    await waitUntil(() => isAsked);
    const goaway = once(session, "goaway");
    const closed = listener.close(60_000);
    await goaway;
    slow.resolve(text("the last"));
    expect(await answer).toBe("the last");
    await closed;
  });

  test("are all closed, whatever was read of their bodies, however many a connection has", async () => {
    const opened: Request[] = [];
    let open = 0;
    const { url } = await start(async (request) => {
      open += 1;
      opened.push(request);
      request.onceOver(() => {
        open -= 1;
      });
      if (request.url === "/read") {
        await request.body.whole(10);
      }
      return request.url === "/none" ? { status: 204, headers: {} } : text("");
    });
    const session = await http2Client(url);
    for (let count = 0; count < 2500; count += 50) {
      const streams = Array.from({ length: 50 }, (_, number) => {
        const [path, method] = [
          ["/read", "POST"],
          ["/unread", "POST"],
          ["/none", "GET"],
          ["/head", "HEAD"],
        ][number % 4] as [string, string];
        const stream = session.request({ ":path": path, ":method": method }, { endStream: method !== "POST" });
        if (method === "POST") {
          stream.end("abc");
        }
        return bodyOf(stream);
      });
      await Promise.all(streams);
    }
    await waitUntil(() => open === 0);
    expect(opened).toHaveLength(2500);
    session.close();
  });

  test("whose uploads are refused leave the other streams of the connection alone", async () => {
    const { url } = await start(async (request) => {
      if (request.url === "/refused") {
        return { ...text("no"), status: 403 };
      }
      return measure(request);
    });
    const session = await http2Client(url);
    const other = session.request({ ":path": "/other", ":method": "POST" });
    other.write("abc");
    const refused = session.request({ ":path": "/refused", ":method": "POST" });
    refused.on("error", () => {});
    const closed = new Promise((resolve) => refused.once("close", resolve));
    const chunk = Buffer.alloc(64 * 1024);
    const sendOn = () => {
      while (!refused.destroyed && !refused.closed && refused.write(chunk)) {}
    };
    refused.on("drain", sendOn);
    const answer = bodyOf(refused);
    sendOn();
    expect(await answer).toBe("no");
    await closed;
    expect(refused.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
    other.end("def");
    expect(await bodyOf(other)).toBe("POST /other 6");
    session.close();
  });
});
