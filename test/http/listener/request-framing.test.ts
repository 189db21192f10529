import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyFraming, type Framing, HeadFraming } from "#src/http/listener/request-framing.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: x\r\n\r\n";
const NEXT = "GET / HTTP/1.1\r\nHost: y\r\n\r\n";

/** What is taken of bytes that come in packets, until it is as long as what should be taken, or all has come. */
function taken(framing: Framing, packets: readonly Buffer[], length: number): string {
  let held = Buffer.alloc(0);
  let all = "";
  for (const packet of packets) {
    held = Buffer.concat([held, packet]);
    while (held.length > 0 && all.length < length) {
      const count = framing.take(held);
      all += held.toString("latin1", 0, count);
      held = held.subarray(count);
    }
  }
  return all;
}

/** Cuts bytes at any places. */
function packetsOf(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, "latin1");
  const cuts = [0, ...places.map((place) => place % bytes.length).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

function expectCut(create: () => Framing, text: string): void {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
      expect(taken(create(), packetsOf(text + NEXT.repeat(3), places), text.length)).toBe(text);
    }),
  );
}

function withHeaders(headers: IncomingMessage["headers"]): IncomingMessage {
  return { headers } as IncomingMessage;
}

describe("nothing of the next request is taken with", () => {
  test.each([
    ["a head", HEAD],
    ["a head with returns and line feeds before its end", "GET / HTTP/1.1\r\nA: \r\r\nB: \n\r\n\r\n"],
  ])("%s, wherever it is cut", (_, head) => expectCut(() => new HeadFraming(), head));

  test("a body of a known length", () => {
    expectCut(() => bodyFraming(withHeaders({ "content-length": "8" })), "\r\n\r\nabcd");
  });

  test.each([
    ["no chunk", "0\r\n\r\n"],
    ["chunks with line ends in them", "3\r\n\r\n\r\r\nA\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"],
    ["extensions", "3;a=b\r\nabc\r\n0;c\r\n\r\n"],
    ["trailers that look like sizes", "1\r\na\r\n0\r\nff: 1\r\nA: 5\r\n\r\n"],
    ["a line that is no size", "zz\r\n3 \r\nabc\r\n0\r\n\r\n"],
  ])("a body in chunks: %s", (_, body) => {
    expectCut(() => bodyFraming(withHeaders({ "transfer-encoding": "chunked" })), body);
  });
});
