import { afterEach, describe, expect, test, vi } from "vitest";
import { FREE_BODY_BYTES, LINGER, type Limits } from "#src/http/limits.ts";
import type { Serve } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { watchAcceptedSockets } from "../fast/differential/accepted-sockets.ts";
import { measure } from "../listener/support.ts";
import { start, stopAll, text } from "../support.ts";
import {
  ACK,
  block,
  END_HEADERS,
  END_STREAM,
  FrameClient,
  frame,
  numbers,
  opening,
  request,
  settings,
  TYPE,
} from "./support.ts";

afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
});

const NO_ERROR = 0;
const ENHANCE_YOUR_CALM = 11;
const REFUSED_STREAM = 7;
const CANCEL = 8;

const never: Serve = () => new Promise(() => {});
const get = (stream: number, path = "/a") =>
  frame(TYPE.headers, END_HEADERS | END_STREAM, stream, request("GET", path));
const post = (stream: number, path = "/a") => frame(TYPE.headers, END_HEADERS, stream, request("POST", path));

/** Starts a server with these bounds, and a client that has sent its opening. */
async function startWith(limits: Partial<Limits>, serve: Serve, ...sent: readonly Buffer[]) {
  const { port, refusals, errors } = await start(serve, limits);
  const client = new FrameClient(port);
  await client.send(...(sent.length > 0 ? sent : [opening()]));
  return { port, client, refusals, errors };
}

describe("a client that goes over a bound of what it sends is told GOAWAY ENHANCE_YOUR_CALM, and the server once", () => {
  const headerFrame = (bytes: Buffer, flags: number) => frame(TYPE.headers, flags, 1, bytes);
  const many = (count: number, one: Buffer) => Buffer.concat(Array.from({ length: count }, () => one));

  test.each<[keyof Limits, string, number, (count: number) => Buffer[]]>([
    ["maxPings", "pings", 20, (count) => [many(count, frame(TYPE.ping, 0, 0, Buffer.alloc(8)))]],
    // The first are those that open the connection.
    ["maxSettings", "SETTINGS", 20, (count) => [many(count - 1, frame(TYPE.settings, 0, 0, settings([4, 5])))]],
    ["maxIdleFrames", "WINDOW_UPDATE", 20, (count) => [many(count, frame(TYPE.window, 0, 0, numbers(1)))]],
    ["maxIdleFrames", "PRIORITY", 20, (count) => [many(count, frame(TYPE.priority, 0, 9, Buffer.alloc(5)))]],
    ["maxIdleFrames", "unknown frames", 20, (count) => [many(count, frame(77, 0, 0, "abc"))]],
    ["maxIdleFrames", "acknowledged pings", 20, (count) => [many(count, frame(TYPE.ping, ACK, 0, Buffer.alloc(8)))]],
    ["maxIdleFrames", "acknowledged SETTINGS", 20, (count) => [many(count, frame(TYPE.settings, ACK, 0))]],
    ["maxIdleFrames", "GOAWAY", 20, (count) => [many(count, frame(TYPE.goaway, 0, 0, numbers(0, 0)))]],
    // HEADERS of a request earn some: the burst is full again behind them.
    ["maxIdleFrames", "empty DATA", 20, (count) => [post(1), many(count, frame(TYPE.data, 0, 1))]],
    [
      "maxResets",
      "resets",
      20,
      (count) =>
        Array.from({ length: count }, (_, index) =>
          Buffer.concat([get(2 * index + 1), frame(TYPE.reset, 0, 2 * index + 1, numbers(8))]),
        ),
    ],
    [
      "maxResets",
      "requests that the server has to reset",
      20,
      (count) =>
        Array.from({ length: count }, (_, index) =>
          frame(TYPE.headers, END_HEADERS | END_STREAM, 2 * index + 1, block([":method", "GET"])),
        ),
    ],
    [
      "maxContinuations",
      "CONTINUATION",
      5,
      (count) => [headerFrame(Buffer.from("\x82", "latin1"), 0), many(count, frame(TYPE.continuation, 0, 1))],
    ],
    [
      "maxHeaderBytes",
      "a header block",
      1024,
      (bytes) => [headerFrame(request("GET", "/", [["x", "y".repeat(2 * bytes - 1_400)]]), END_HEADERS)],
    ],
  ])("%s: %s", async (limit, _, bound, send) => {
    const limits = { [limit]: bound, maxStreams: 1_000 };
    const within = await startWith(limits, never);
    await within.client.send(...send(bound));
    within.client.socket.end();
    await within.client.closed;
    expect(within.refusals).toEqual([]);
    const { client, refusals, errors } = await startWith(limits, never);
    await client.send(...send(2 * bound + 1));
    expect(await client.goawayCode()).toBe(ENHANCE_YOUR_CALM);
    await client.closed;
    expect([refusals, errors]).toEqual([[limit], []]);
  });

  test.each<[keyof Limits, string, Buffer[]]>([
    ["headersMs", "no SETTINGS behind the preface", [opening().subarray(0, 24)]],
    ["headersMs", "half a first frame", [opening().subarray(0, 30)]],
    ["headersMs", "a header block that stays open", [opening(), headerFrame(Buffer.from("\x82", "latin1"), 0)]],
    ["silenceMs", "half a frame", [opening(), get(1).subarray(0, 20)]],
    ["silenceMs", "half the head of a frame", [opening(), Buffer.alloc(4)]],
  ])("%s: %s", async (limit, _, sent) => {
    const { client, refusals } = await startWith({ [limit]: 40 }, never, ...sent);
    expect(await client.goawayCode()).toBe(ENHANCE_YOUR_CALM);
    await client.closed;
    expect(refusals).toEqual([limit]);
  });

  test("headersMs: a header block that goes on byte by byte", async () => {
    const { client, refusals } = await startWith({ headersMs: 100, maxContinuations: 1_000_000 }, never);
    await client.send(frame(TYPE.headers, 0, 1, "\x82"));
    const drip = setInterval(() => client.socket.write(frame(TYPE.continuation, 0, 1)), 5);
    expect(await client.goawayCode()).toBe(ENHANCE_YOUR_CALM);
    clearInterval(drip);
    expect(refusals).toEqual(["headersMs"]);
    client.socket.destroy();
  });
});

describe("a request over a bound is refused, and the connection goes on", () => {
  test("maxStreams: REFUSED_STREAM, which clients may send again", async () => {
    const { client, refusals } = await startWith({ maxStreams: 2 }, never, opening(), get(1), get(3), get(5));
    expect(await client.resetCode(5)).toBe(REFUSED_STREAM);
    const first = client.frames.find(({ type }) => type === TYPE.settings)?.payload;
    expect(first?.subarray(0, 6)).toEqual(settings([3, 2]));
    await client.send(frame(TYPE.reset, 0, 1, numbers(CANCEL)), get(7));
    await client.settled(1);
    expect(client.answers.get(7)).toBeUndefined();
    expect(refusals).toEqual(["maxStreams"]);
    client.socket.destroy();
  });

  test("maxStreams: a client that resets what it asks for gets no more work done than twice that", async () => {
    const serve = vi.fn(never);
    const rapid = Array.from({ length: 10 }, (_, index) =>
      Buffer.concat([get(2 * index + 1), frame(TYPE.reset, 0, 2 * index + 1, numbers(CANCEL))]),
    );
    const { client } = await startWith({ maxStreams: 2 }, serve, opening(), ...rapid);
    await client.settled(1);
    expect(serve).toHaveBeenCalledTimes(4);
    client.socket.destroy();
  });

  test.each<[keyof Limits, number, [string, string][], message?: string]>([
    ["maxHeaders", 10, Array.from({ length: 20 }, (_, index) => [`x-${index}`, "y"]), "more headers than"],
    ["maxHeaderBytes", 1024, [["x", "y".repeat(1024)]]],
    // Each counts 32 bytes beside its name and its value.
    ["maxHeaderBytes", 1024, Array.from({ length: 40 }, () => ["x", ""])],
  ])("%s: 431, and says how to mend it", async (limit, bound, more, message = "fewer or shorter") => {
    const serve = vi.fn(measure);
    const { client, refusals } = await startWith({ [limit]: bound }, serve);
    await client.send(frame(TYPE.headers, END_HEADERS | END_STREAM, 1, request("GET", "/a", more)), get(3));
    const answer = await client.answer(1);
    expect(answer).toMatchObject({ status: "431", isWhole: true });
    expect(JSON.parse(`${answer?.body}`).message).toContain(message);
    expect((await client.answer(3))?.status).toBe("200");
    expect([serve.mock.calls.length, refusals]).toEqual([1, [limit]]);
    client.socket.destroy();
  });

  test("maxHeaders: reset, for trailers", async () => {
    const { client, refusals } = await startWith({ maxHeaders: 10 }, never, opening(), post(1));
    const trailers = block(...Array.from({ length: 20 }, (_, index) => [`x-${index}`, "y"] as const));
    await client.send(frame(TYPE.headers, END_HEADERS | END_STREAM, 1, trailers));
    expect(await client.resetCode(1)).toBe(ENHANCE_YOUR_CALM);
    expect(refusals).toEqual(["maxHeaders"]);
    client.socket.destroy();
  });

  test("maxRequests: 503, but one request of each connection is served, and there is room again when one is over", async () => {
    const { port, client, refusals } = await startWith({ maxRequests: 1 }, async (asked) => {
      if (asked.url === "/wait") {
        await new Promise<void>((resolve) => asked.onceOver(resolve));
      }
      return text("");
    });
    await client.send(get(1, "/wait"), get(3));
    const answer = await client.answer(3);
    expect(answer?.status).toBe("503");
    expect(JSON.parse(`${answer?.body}`)).toMatchObject({ error: "OVERLOADED" });
    const other = new FrameClient(port);
    await other.send(opening(), get(1));
    expect((await other.answer(1))?.status).toBe("200");
    other.socket.destroy();
    await client.send(frame(TYPE.reset, 0, 1, numbers(CANCEL)));
    await client.settled(1);
    await client.send(get(5));
    expect((await client.answer(5))?.status).toBe("200");
    expect(refusals).toEqual(["maxRequests"]);
    // A request that is refused amid its upload is told to stop it (RFC 9113, 8.1).
    await client.send(get(7, "/wait"), post(9));
    expect((await client.answer(9))?.status).toBe("503");
    expect(await client.resetCode(9)).toBe(NO_ERROR);
    client.socket.destroy();
  });

  test("maxUnfinishedBodyBytes: 503, and there is room again when the body is over", async () => {
    const { client, refusals } = await startWith({ maxUnfinishedBodyBytes: 4_000 }, measure);
    await client.send(post(1), frame(TYPE.data, 0, 1, Buffer.alloc(900 + FREE_BODY_BYTES)));
    await client.send(post(3), frame(TYPE.data, 0, 3, Buffer.alloc(3_500 + FREE_BODY_BYTES)));
    expect((await client.answer(3))?.status).toBe("503");
    // The client is told to stop its upload (RFC 9113, 8.1).
    expect(await client.resetCode(3)).toBe(NO_ERROR);
    await client.send(frame(TYPE.data, END_STREAM, 1, Buffer.alloc(100)));
    expect((await client.answer(1))?.body.toString()).toBe(`POST /a ${1000 + FREE_BODY_BYTES}`);
    await client.send(post(5), frame(TYPE.data, 0, 5, Buffer.alloc(3_500)), frame(TYPE.data, END_STREAM, 5));
    expect((await client.answer(5))?.body.toString()).toBe("POST /a 3500");
    expect(refusals).toEqual(["maxUnfinishedBodyBytes"]);
    client.socket.destroy();
  });

  test.each<[keyof Limits, string, Partial<Limits>]>([
    ["silenceMs", "a body that stops coming", { silenceMs: 40 }],
    ["requestMs", "a body that is read as a whole and comes byte by byte", { requestMs: 100 }],
    ["uploadMs", "a body that is read as it comes, byte by byte", { uploadMs: 100 }],
  ])("%s: reset, for %s", async (limit, _, limits) => {
    const { client, refusals } = await startWith(limits, async (asked) => {
      if (limit === "uploadMs") {
        await Array.fromAsync(asked.body.chunks());
      }
      return measure(asked);
    });
    await client.send(post(1), frame(TYPE.data, 0, 1, "a"));
    const drip =
      limit === "silenceMs" ? undefined : setInterval(() => client.socket.write(frame(TYPE.data, 0, 1, "a")), 5);
    expect(await client.resetCode(1)).toBe(CANCEL);
    clearInterval(drip);
    await client.send(get(3));
    await client.sees(({ type, stream }) => type === TYPE.headers && stream === 3);
    expect(refusals).toEqual([limit]);
    client.socket.destroy();
  });

  test.each([
    ["its stream", 0, 10],
    ["its connection", 1_000_000, 100_000],
  ])("stallMs: reset, for an answer whose client opens no window of %s", async (_, window, size) => {
    const serve: Serve = async () => text(Buffer.alloc(size));
    const { client, refusals } = await startWith({ stallMs: 40 }, serve, opening([4, window]), get(1));
    expect(await client.resetCode(1)).toBe(CANCEL);
    await client.settled(1);
    expect(refusals).toEqual(["stallMs"]);
    client.socket.destroy();
  });
});

test("stallMs: reset, for an answer whose client opens its window a byte at a time", async () => {
  const serve: Serve = async () => text(Buffer.alloc(10_000));
  const { client, refusals } = await startWith({ stallMs: 100 }, serve, opening([4, 0]), get(1));
  const drip = setInterval(() => client.socket.write(frame(TYPE.window, 0, 1, numbers(1))), 5);
  expect(await client.resetCode(1)).toBe(CANCEL);
  clearInterval(drip);
  expect(refusals).toEqual(["stallMs"]);
  client.socket.destroy();
});

test("stallMs: no reset for answers that wait for their turn, while their client reads others", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const count = 60;
  const { client, refusals } = await startWith(
    { stallMs: 1_000 },
    async () => text(Buffer.alloc(20_000)),
    opening([4, 1_000_000]),
    ...Array.from({ length: count }, (_, index) => get(2 * index + 1)),
  );
  // One frame each time: all the others wait for longer than the bound.
  for (let read = 65_535; read < count * 20_000; read += 16_384) {
    vi.advanceTimersByTime(250);
    await client.send(frame(TYPE.window, 0, 0, numbers(16_384)));
    await client.settled(read);
  }
  for (let index = 0; index < count; index++) {
    expect((await client.answer(2 * index + 1))?.resetCode).toBeUndefined();
  }
  expect(refusals).toEqual([]);
  client.socket.destroy();
});

describe("a connection ends", () => {
  test("when its client reads nothing of what it is sent: stallMs", async () => {
    const accepted = watchAcceptedSockets();
    const { client, refusals } = await startWith(
      { stallMs: 200 },
      async () => text(Buffer.alloc(30_000_000)),
      opening([4, 2 ** 31 - 1]),
      frame(TYPE.window, 0, 0, numbers(2 ** 30)),
    );
    const served = () => accepted.of(client.socket.localPort as number);
    await client.settled(1);
    client.socket.pause();
    const socket = served();
    await client.send(get(1));
    await waitUntil(() => socket?.destroyed);
    expect(refusals).toEqual(["stallMs"]);
    accepted.close();
    client.socket.destroy();
  });

  test("when it has had no request for sessionMs, without an error", async () => {
    const { client, refusals } = await startWith({ sessionMs: 40 }, measure, opening(), get(1));
    expect((await client.answer(1))?.status).toBe("200");
    expect(await client.goawayCode()).toBe(0);
    await client.closed;
    expect(refusals).toEqual([]);
  });

  test("when it has had nothing but pings for sessionMs", async () => {
    const { client } = await startWith({ sessionMs: 60 }, measure);
    const pings = setInterval(() => client.socket.write(frame(TYPE.ping, 0, 0, Buffer.alloc(8))), 5);
    expect(await client.goawayCode()).toBe(0);
    clearInterval(pings);
    client.socket.destroy();
  });

  test("not by sessionMs while it has a request", async () => {
    const answer = Promise.withResolvers<void>();
    const { port, client } = await startWith({ sessionMs: 20 }, async () => {
      await answer.promise;
      return text("late");
    });
    await client.send(get(1));
    await client.settled(1);
    // A connection that comes later, and has no request, is ended.
    const idle = new FrameClient(port);
    await idle.send(opening());
    expect(await idle.goawayCode()).toBe(0);
    answer.resolve();
    expect((await client.answer(1))?.body.toString()).toBe("late");
    client.socket.destroy();
  });

  test("soon after GOAWAY, although its client keeps its side open and goes on sending", async () => {
    const accepted = watchAcceptedSockets();
    const { client } = await startWith({}, measure);
    await client.settled(1);
    const socket = accepted.of(client.socket.localPort as number);
    await client.send(frame(TYPE.data, 0, 0, "wrong"));
    const drip = setInterval(() => client.socket.write(frame(TYPE.ping, 0, 0, Buffer.alloc(8))), 50);
    await client.goawayCode();
    await waitUntil(() => socket?.destroyed);
    clearInterval(drip);
    accepted.close();
    client.socket.destroy();
  });

  test("behind GOAWAY when its client goes on sending, before it has read much of it", async () => {
    const accepted = watchAcceptedSockets();
    const { client } = await startWith({}, measure);
    await client.settled(1);
    const socket = accepted.of(client.socket.localPort as number);
    await client.send(frame(TYPE.data, 0, 0, "wrong"));
    await client.goawayCode();
    const part = Buffer.alloc(64 * 1024);
    while (!client.socket.destroyed) {
      await client.send(part);
    }
    expect(socket?.bytesRead).toBeLessThan(2 * LINGER.bytes);
    accepted.close();
  });
});
