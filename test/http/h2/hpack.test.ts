import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { HeaderBlockError, HeaderDecoder } from "#src/http/h2/hpack/decoder.ts";
import { decodeHuffman } from "#src/http/h2/hpack/huffman.ts";
import { start, stopAll } from "../support.ts";
import { block, END_HEADERS, END_STREAM, FrameClient, frame, opening, request, TYPE } from "./support.ts";

afterEach(stopAll);

/** Reads blocks with one decoder, one after the other. */
function read(...blocks: readonly string[]): [string, string][][] {
  const decoder = new HeaderDecoder();
  return blocks.map((hex) => {
    const headers: [string, string][] = [];
    decoder.decode(Buffer.from(hex.replaceAll(" ", ""), "hex"), (name, value) => headers.push([name, value]));
    return headers;
  });
}

const first = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "www.example.com"],
];
const second = [...first, ["cache-control", "no-cache"]];
const third = [
  [":method", "GET"],
  [":scheme", "https"],
  [":path", "/index.html"],
  [":authority", "www.example.com"],
  ["custom-key", "custom-value"],
];

describe("header blocks", () => {
  test.each([
    [
      "C.2.1, a literal with indexing",
      ["400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"],
      [[["custom-key", "custom-header"]]],
    ],
    ["C.2.2, a literal without indexing", ["040c 2f73 616d 706c 652f 7061 7468"], [[[":path", "/sample/path"]]]],
    [
      "C.2.3, a literal that is never indexed",
      ["1008 7061 7373 776f 7264 0673 6563 7265 74"],
      [[["password", "secret"]]],
    ],
    ["C.2.4, an indexed header", ["82"], [[[":method", "GET"]]]],
    [
      "C.3, requests",
      [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      ],
      [first, second, third],
    ],
    [
      "C.4, requests in Huffman's code",
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
      ],
      [first, second, third],
    ],
  ])("are read as RFC 7541 shows: %s", (_, blocks, headers) => {
    expect(read(...blocks)).toEqual(headers);
  });

  test("drop the oldest entries of the table when it is full, as RFC 7541 shows in C.5", () => {
    const status = (code: string, date: string, more: string[][] = []) => [
      [":status", code],
      ["cache-control", "private"],
      ["date", date],
      ["location", "https://www.example.com"],
      ...more,
    ];
    const [, one, two, three] = read(
      // The size of that example.
      "3fe1 01",
      "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 54" +
        "6e17 6874 7470 733a 2f2f 7777 772e 6578 616d 706c 652e 636f 6d",
      "4803 3330 37c1 c0bf",
      "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d" +
        "4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572" +
        "7369 6f6e 3d31",
    );
    const date = "Mon, 21 Oct 2013 20:13:21 GMT";
    expect(one).toEqual(status("302", date));
    expect(two).toEqual(status("307", date));
    expect(three).toEqual([
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      ["location", "https://www.example.com"],
      ["content-encoding", "gzip"],
      ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
    ]);
  });

  test.each([
    ["an index of 0", "80"],
    ["an index behind the table", "be"],
    ["an index behind the table for a name", "7e 0161"],
    ["a number without end", "ff ffff ffff ffff ffff"],
    ["a number that is too large", "ff 8080 8040"],
    ["a number that ends early", "ff 80"],
    ["a text that ends early", "00 0461"],
    ["a text of which only the length has come", "00 01"],
    ["a header without its value", "00 0161"],
    ["a table larger than it may be", "3fe2 1f"],
    ["a table that changes behind a header", "82 20"],
    ["a code with eight bits of padding", "00 0161 82 1fff"],
    ["a code padded with zeros", "00 0161 81 18"],
    ["the code that ends texts", "00 0161 84 ffff fffc"],
  ])("are refused with %s", (_, hex) => {
    expect(() => read(hex)).toThrow(HeaderBlockError);
  });

  test("change the size of the table at their beginning, which drops what does not fit", () => {
    const indexed = "4001 6101 62";
    expect(read(`${indexed}be`)).toEqual([
      [
        ["a", "b"],
        ["a", "b"],
      ],
    ]);
    expect(() => read(indexed, "20 be")).toThrow(HeaderBlockError);
    expect(() => read(indexed, "20 3fe1 1f be")).toThrow(HeaderBlockError);
    expect(read(indexed, "3fe1 1f be")[1]).toEqual([["a", "b"]]);
  });

  test("whose entry is larger than the table leave the table empty", () => {
    expect(() => read("3f01", "4001 6101 62", "be")).toThrow(HeaderBlockError);
  });

  test("keep an entry whose name comes from an entry that it drops", () => {
    // With 1 + 4000 + 32 bytes, the second entry takes nearly all of the table.
    const long = `7fa1 1e${"62".repeat(4000)}`;
    const decoder = new HeaderDecoder();
    const seen: [string, number][] = [];
    const take = (name: string, value: string) => seen.push([name, value.length]);
    decoder.decode(Buffer.from("4001610162", "hex"), take);
    decoder.decode(Buffer.from(`7e${long.replaceAll(" ", "")}`, "hex"), take);
    decoder.decode(Buffer.from("be", "hex"), take);
    expect(seen).toEqual([
      ["a", 1],
      ["a", 4000],
      ["a", 4000],
    ]);
  });
});

test("Huffman's code is read as Node writes it, and headers are written as Node reads them", async () => {
  const received: unknown[] = [];
  let answerHeaders: Record<string, string> = {};
  const { url } = await start(async ({ headers }) => {
    received.push(Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-"))));
    return { status: 200, headers: answerHeaders, body: "" };
  });
  const session = connectHttp2(url, { settings: { headerTableSize: 100 } });
  await once(session, "connect");
  const name = fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{0,30}$/);
  const sent = fc.stringMatching(/^(?:[!-~]([\t -~]{0,300}[!-~])?)?$/);
  const headersOf = (value: fc.Arbitrary<string>) => fc.dictionary(name, value, { maxKeys: 20, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(headersOf(sent), headersOf(sent), async (toServer, toClient) => {
      answerHeaders = toClient;
      const stream = session.request({ ":path": "/", ...toServer });
      const [head] = await once(stream, "response");
      stream.resume();
      await once(stream, "close");
      expect(received.pop()).toEqual(toServer);
      const { "x-request-id": requestId, ...ours } = head;
      expect(Object.fromEntries(Object.entries(ours).filter(([key]) => key.startsWith("x-")))).toEqual(toClient);
    }),
    { numRuns: 200 },
  );
  session.close();
});

/** All bytes, from 0 to 255, in Huffman's code, as another implementation writes them (golang.org/x/net/http2/hpack). */
const ALL_BYTES =
  "ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7fffffabffffffdfffffebfffffecf" +
  "ffffedfffffeefffffefffffff0ffffff1ffffff2fffffffbfffffcffffffd3fffffd7fffffdbfffffdffffffe3fffffe7fffffebfff" +
  "ffed4fe3f9ffaffcabf1febfafefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50ddbd7f061c58f265cd9f469d5af66dddbf87" +
  "1e5f9cff7ff7fffc3ff9ffe45fff4719242cb34e6e9d68a6a3d7dac426defe3cfaf7fffbfe7ffbffdffffffcfffe6ffff4bfff9ffffa" +
  "3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73fffeeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff" +
  "8bffff1ffffe4fffee7fffb1ffff97fffd9ffffcdffff9fffffbffffdafffeeffff4ffffb7fffee7fffe8ffffd3fffdeffffd5fffeef" +
  "fffbdffffe1fffdfffff7fffff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77fffeffffeaffff8bfffe3ffff93ffff87fff" +
  "cbffff37ffff1fffff83ffffe1fffebfffe3ffff3fffff2ffffa3ffffd9fffff17ffffc7fffff27ffffdefffffbffffff2fffff8ffff" +
  "fb7fff97fff8fffffe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9fffff97fffb3" +
  "ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4fffff5fffffabffffa7ffffd7fffff9bffffecfff" +
  "ffb7fffff3fffffe8fffffd3fffffabfffff5fffffff7ffffecfffffdbfffffbbfffff7ffffff0fffffbbf";

test("every byte is read from Huffman's code", () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  expect(decodeHuffman(Buffer.from(ALL_BYTES, "hex"))).toBe(bytes.toString("latin1"));
});

test("headers that refer to a long one again and again are refused for the price of their references", async () => {
  const served = vi.fn();
  const { port, refusals } = await start(async () => {
    served();
    return { status: 200, headers: {} };
  });
  const client = new FrameClient(port);
  const long = block(["x", "y".repeat(3_900)]);
  // With indexing, and then the newest entry of the table 8,000 times: 31 MB of headers.
  long[0] = 0x40;
  const bomb = Buffer.concat([request("GET"), long, Buffer.alloc(8_000, 0xbe)]);
  await client.send(opening(), frame(TYPE.headers, END_STREAM | END_HEADERS, 1, bomb));
  expect((await client.answer(1))?.status).toBe("431");
  expect([served.mock.calls.length, refusals]).toEqual([0, ["maxHeaderBytes"]]);
  await client.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 3, request("GET")));
  expect((await client.answer(3))?.status).toBe("200");
  client.socket.destroy();
});
