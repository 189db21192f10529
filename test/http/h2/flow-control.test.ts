import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Request } from "#src/http/message.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { watchAcceptedSockets } from "../fast/differential/accepted-sockets.ts";
import { start, stopAll, text } from "../support.ts";
import {
  END_HEADERS,
  END_STREAM,
  FrameClient,
  frame,
  numbers,
  opening,
  PADDED,
  request,
  settings,
  TYPE,
} from "./support.ts";

afterEach(stopAll);

/** A body whose every byte says where it belongs. */
function bodyOfSize(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
}

/** Answers `/whole/N` and `/parts/N` with N bytes; the second in parts, with trailers. */
async function serveSize({ url }: Request) {
  const [, how, size] = url.split("/");
  const body = bodyOfSize(Number(size));
  if (how === "whole") {
    return text(body);
  }
  async function* parts() {
    for (let start = 0; start < body.length; start += 1_000) {
      yield body.subarray(start, start + 1_000);
      await undefined;
    }
  }
  return { ...text(parts()), trailers: () => ({ "x-end": "yes" }) };
}

/** What a client does with its windows. */
const step = fc.oneof(
  fc.record({ do: fc.constant("window" as const), stream: fc.nat(3), bytes: fc.integer({ min: 1, max: 30_000 }) }),
  fc.record({ do: fc.constant("connection" as const), bytes: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ do: fc.constant("settings" as const), window: fc.nat(40_000) }),
  fc.record({ do: fc.constant("reset" as const), stream: fc.nat(3) }),
);

test("whatever windows and resets a client chooses, each answer that completes is whole and right", async () => {
  const { port, errors } = await start(serveSize);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(5_000),
      fc.array(fc.record({ how: fc.constantFrom("whole", "parts"), size: fc.nat(50_000) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(step, { maxLength: 30 }),
      async (window, asked, steps) => {
        const client = new FrameClient(port);
        const id = (index: number) => 2 * (index % asked.length) + 1;
        const reset = new Set<number>();
        await client.send(
          opening([4, window]),
          ...asked.map(({ how, size }, index) =>
            frame(TYPE.headers, END_HEADERS | END_STREAM, id(index), request("GET", `/${how}/${size}`)),
          ),
        );
        for (const [index, taken] of steps.entries()) {
          await client.send(
            taken.do === "window"
              ? frame(TYPE.window, 0, id(taken.stream), numbers(taken.bytes))
              : taken.do === "connection"
                ? frame(TYPE.window, 0, 0, numbers(taken.bytes))
                : taken.do === "settings"
                  ? frame(TYPE.settings, 0, 0, settings([4, taken.window]))
                  : frame(TYPE.reset, 0, id(taken.stream), numbers(8)),
          );
          if (taken.do === "reset") {
            reset.add(id(taken.stream));
          }
          if (index % 3 === 0) {
            await client.settled(index);
          }
        }
        // In the end the client takes everything.
        await client.send(
          frame(TYPE.settings, 0, 0, settings([4, 1_000_000])),
          frame(TYPE.window, 0, 0, numbers(1_000_000)),
        );
        for (const [index, { size }] of asked.entries()) {
          if (!reset.has(id(index))) {
            const answer = await client.answer(id(index));
            expect(answer?.resetCode).toBeUndefined();
            expect(answer?.body.equals(bodyOfSize(size))).toBe(true);
          }
        }
        await client.settled(1_000);
        for (const { body, isWhole } of client.answers.values()) {
          expect(body.equals(bodyOfSize(body.length))).toBe(true);
          expect(isWhole || reset.size > 0).toBe(true);
        }
        client.socket.destroy();
        await client.closed;
      },
    ),
    { numRuns: 60 },
  );
  expect(errors).toEqual([]);
});

test("whatever frames a body comes in, with whatever padding, it is read as it is", async () => {
  const { port } = await start(async ({ url, body }) => {
    const read = url === "/whole" ? [await body.whole(1_000_000)] : await Array.fromAsync(body.chunks());
    const bytes = Buffer.concat(read);
    return text(`${bytes.length} ${bytes.equals(bodyOfSize(bytes.length))}`);
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("/whole", "/chunks"),
      fc.array(fc.record({ size: fc.nat(16_000), padding: fc.option(fc.nat(255)) }), { maxLength: 16 }),
      fc.boolean(),
      async (path, parts, hasTrailers) => {
        const client = new FrameClient(port);
        const all = bodyOfSize(parts.reduce((sum, { size }) => sum + size, 0));
        await client.send(opening(), frame(TYPE.headers, END_HEADERS, 1, request("POST", path)));
        let at = 0;
        let room = 65_535;
        const isOfStream = (seen: { type: number; stream: number }) => seen.type === TYPE.window && seen.stream === 1;
        let updates = 0;
        for (const { size, padding } of parts) {
          const bytes = all.subarray(at, at + size);
          const payload =
            padding === null ? bytes : Buffer.concat([Uint8Array.of(padding), bytes, Buffer.alloc(padding)]);
          while (payload.length > room) {
            await client.sees(() => client.frames.filter(isOfStream).length > updates);
            room += client.frames.filter(isOfStream)[updates]?.payload.readUInt32BE(0) ?? 0;
            updates += 1;
          }
          await client.send(frame(TYPE.data, padding === null ? 0 : PADDED, 1, payload));
          room -= payload.length;
          at += size;
        }
        await client.send(
          hasTrailers
            ? frame(TYPE.headers, END_HEADERS | END_STREAM, 1, Buffer.from("\0\x01a\x01b", "latin1"))
            : frame(TYPE.data, END_STREAM, 1),
        );
        expect((await client.answer(1))?.body.toString()).toBe(`${all.length} true`);
        client.socket.destroy();
      },
    ),
    { numRuns: 60 },
  );
});

describe("flow control", () => {
  test("ends a connection whose client sends more than its window", async () => {
    const { port } = await start(() => new Promise(() => {}));
    const client = new FrameClient(port);
    const [head, data] = [
      (id: number) => frame(TYPE.headers, END_HEADERS, id, request("POST")),
      (id: number) => frame(TYPE.data, 0, id, Buffer.alloc(16_000)),
    ];
    await client.send(opening());
    // Five streams within their own windows, which go over that of the connection together.
    for (const id of [1, 3, 5, 7, 9]) {
      await client.send(head(id), data(id), data(id), data(id), data(id));
    }
    expect(await client.goawayCode()).toBe(3);
  });

  test("resets a stream whose client sends more than its window, padding included", async () => {
    const { port } = await start(() => new Promise(() => {}));
    const client = new FrameClient(port);
    const padded = frame(TYPE.data, PADDED, 1, Buffer.concat([Uint8Array.of(255), Buffer.alloc(16_128)]));
    await client.send(opening(), frame(TYPE.headers, END_HEADERS, 1, request("POST")), padded, padded, padded, padded);
    // The padding is given back at once, but not before half of the window can be.
    await client.send(padded);
    expect(await client.resetCode(1)).toBe(3);
    client.socket.destroy();
  });

  test("lets an answer end that needs no room, on a connection whose window is used up", async () => {
    const { port } = await start(async (asked) =>
      asked.url.startsWith("/whole")
        ? serveSize(asked)
        : { status: 200, headers: {}, trailers: () => ({ "grpc-status": "0" }) },
    );
    const client = new FrameClient(port);
    const get = (id: number, path: string) => frame(TYPE.headers, END_HEADERS | END_STREAM, id, request("GET", path));
    await client.send(opening([4, 1_000_000]), get(1, "/whole/70000"));
    await client.sees(() => client.answers.get(1)?.body.length === 65_535);
    await client.send(get(3, "/empty"));
    expect(await client.answer(3)).toMatchObject({ status: "200", isWhole: true });
    expect(client.answers.get(1)).toMatchObject({ isWhole: false });
    client.socket.destroy();
  });

  test("lets a client that reads nothing cancel the answer that it does not read", async () => {
    const over: string[] = [];
    const accepted = watchAcceptedSockets();
    const { port } = await start(async (asked) => {
      asked.onceOver(() => over.push(asked.url));
      return text(Buffer.alloc(30_000_000));
    });
    const client = new FrameClient(port);
    client.socket.pause();
    await client.send(
      opening([4, 2 ** 31 - 1]),
      frame(TYPE.window, 0, 0, numbers(2 ** 31 - 1 - 65_535)),
      frame(TYPE.headers, END_HEADERS | END_STREAM, 1, request("GET")),
    );
    const { localPort } = client.socket;
    await waitUntil(() => accepted.of(localPort as number)?.writableNeedDrain);
    await client.send(frame(TYPE.reset, 0, 1, numbers(8)));
    await waitUntil(() => over.length > 0);
    accepted.close();
    client.socket.destroy();
  });

  test("cuts nothing off behind a trailer that can't be sent", async () => {
    const { port, errors } = await start(async ({ url }) => ({
      status: 200,
      headers: {},
      body: bodyOfSize(60_000),
      trailers: () => (url === "/bad" ? { "not a name": "x" } : { a: "b" }),
    }));
    const client = new FrameClient(port);
    await client.send(opening());
    // The window of the connection is as large for the last as for the first.
    for (const [index, path] of ["/bad", "/bad", "/good"].entries()) {
      const id = 2 * index + 1;
      await client.send(frame(TYPE.headers, END_HEADERS | END_STREAM, id, request("GET", path)));
      const answer = await client.answer(id);
      expect(answer).toMatchObject(path === "/bad" ? { resetCode: 2 } : { isWhole: true });
      await client.send(frame(TYPE.window, 0, 0, numbers(Math.max(1, answer?.body.length ?? 0))));
    }
    expect(errors).toHaveLength(2);
    client.socket.destroy();
  });
});
