import { once } from "node:events";
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Serve } from "#src/http/message.ts";
import { bodyOf, http1Paths, http2Client, start, stopAll, text } from "./support.ts";

afterEach(stopAll);

const TOKENS: [string, string[], string][] = [
  ["a header that is sent twice is a list of both values", ["s3cret", "s3cret"], "s3cret, s3cret"],
  ["a header that is sent once is its value", ["s3cret"], "s3cret"],
];

test.each(TOKENS)("over HTTP/1.1 and HTTP/2, %s", async (_, sent, received) => {
  const headers = { "x-admin-token": sent };
  const bodies: string[] = [];
  for (const { fastPath } of http1Paths) {
    const { url } = await start(async (request) => text(`${request.headers["x-admin-token"]}`), { fastPath });
    const [response] = await once(request(url, { headers }).end(), "response");
    bodies.push(Buffer.concat(await response.toArray()).toString());
    const session = await http2Client(url);
    bodies.push(await bodyOf(session.request(headers)));
    session.close();
  }
  expect(bodies).toEqual(Array(4).fill(received));
});

test("over HTTP/1.1 and HTTP/2, a cookie to be set is a list, however often it is sent", async () => {
  const headers = { "set-cookie": ["a=b"] };
  const bodies: string[] = [];
  for (const { fastPath } of http1Paths) {
    const serve: Serve = async (request) => text(JSON.stringify(request.headers["set-cookie"]));
    const { url } = await start(serve, { fastPath });
    const [response] = await once(request(url, { headers }).end(), "response");
    bodies.push(Buffer.concat(await response.toArray()).toString());
    const session = await http2Client(url);
    bodies.push(await bodyOf(session.request(headers)));
    session.close();
  }
  expect(bodies).toEqual(Array(4).fill('["a=b"]'));
});
