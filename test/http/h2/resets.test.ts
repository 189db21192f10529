import { constants } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { waitUntil } from "../../support/wait-until.ts";
import { askHttp2, measure } from "../listener/support.ts";
import { start, stopAll, text, Wire } from "../support.ts";
import { block, frame, numbers, opening, TYPE } from "./support.ts";

afterEach(stopAll);

/** `POST http://h/a`, in HPACK without compression. */
const POST_HEADERS = Buffer.from("\x83\x86\x04\x02/a\x01\x01h", "latin1");

/** A frame that resets the first stream. */
function reset(code: number): Buffer {
  return frame(TYPE.reset, 0, 1, numbers(code));
}

describe("a body that its client cuts off by a reset", () => {
  test.each([
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "at once"],
    ["NO_ERROR", constants.NGHTTP2_NO_ERROR, "later"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "at once"],
    ["CANCEL", constants.NGHTTP2_CANCEL, "later"],
  ])("is not taken for whole: %s (%i), %s", async (_name, code, when) => {
    const served: string[] = [];
    const { port } = await start(async ({ body }) => {
      await Promise.resolve(body.whole(10)).then(
        (bytes) => served.push(`whole ${bytes}`),
        (error: unknown) => served.push((error as Error).name),
      );
      return text("");
    });
    const wire = new Wire(port);
    const begin = Buffer.concat([opening(), frame(1, 4, 1, POST_HEADERS), frame(0, 0, 1, Buffer.from("abc"))]);
    const end = reset(code);
    if (when === "later") {
      await wire.send(begin);
      await wire.sees(/./);
    }
    await wire.send(when === "later" ? end : Buffer.concat([begin, end]));
    await waitUntil(() => served.length > 0);
    expect(served).toEqual(["ClientGone"]);
    wire.socket.destroy();
  });
});

test.each([0, 1, 2, 5, 50])(
  "an empty body that ends in a frame of its own is read %i microtasks later",
  async (ticks) => {
    const { port } = await start(async (request) => {
      for (let tick = 0; tick < ticks; tick++) {
        await undefined;
      }
      return request.url === "/a"
        ? measure(request)
        : text(`chunks: ${(await Array.fromAsync(request.body.chunks())).length}`);
    });
    const wire = new Wire(port);
    const end = frame(0, 1, 1, Buffer.alloc(0));
    await wire.send(Buffer.concat([opening(), frame(1, 4, 1, POST_HEADERS), end]));
    await wire.sees(/POST \/a 0/);
    const chunked = Buffer.from(POST_HEADERS.toString("latin1").replace("/a", "/b"), "latin1");
    await wire.send(Buffer.concat([frame(1, 4, 3, chunked), frame(0, 1, 3, Buffer.alloc(0))]));
    await wire.sees(/chunks: 0$/);
    wire.socket.destroy();
  },
);

test.each([
  ["an expectation", Buffer.concat([POST_HEADERS, block(["expect", "100-continue"])])],
  ["an expectation of anything else", Buffer.concat([POST_HEADERS, block(["expect", "more"])])],
  ["a CONNECT", block([":method", "CONNECT"], [":authority", "a:1"])],
  ["a GET", Buffer.from("\x82\x86\x04\x02/a\x01\x01h", "latin1")],
])("a reset in one packet with %s leaves the server serving", async (_, headers) => {
  const { port, url, errors } = await start(measure);
  const wire = new Wire(port);
  await wire.send(Buffer.concat([opening(), frame(1, 4, 1, headers), reset(constants.NGHTTP2_CANCEL)]));
  await wire.sees(/./);
  wire.socket.destroy();
  expect((await askHttp2(url, {})).body).toBe("GET /a 0");
  expect(errors).toEqual([]);
});
