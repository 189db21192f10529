import { execFile } from "node:child_process";
import { once } from "node:events";
import { type ClientHttp2Session, constants, type OutgoingHttpHeaders } from "node:http2";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import type { Serve } from "#src/http/message.ts";
import { findTool, requireTool } from "../../support/tools.ts";
import { measure } from "../listener/support.ts";
import { bodyOf, http2Client, start, stopAll, text } from "../support.ts";

afterEach(stopAll);

const MIB = 1024 * 1024;
const TRANSFER_BYTES = 128 * MIB;

/** Answers a call of gRPC with an empty message, when it is asked for one. */
const serveGrpc: Serve = async (request) => {
  await request.body.whole(1_000);
  if (request.url === "/test/Never") {
    await new Promise<void>((resolve) => request.onceOver(resolve));
  }
  const headers = { "content-type": "application/grpc" };
  return { status: 200, headers, body: Buffer.alloc(5), trailers: () => ({ "grpc-status": "0" }) };
};

function ping(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): Promise<string> {
  return bodyOf(session.request({ ":path": "/a", ...headers }));
}

describe("the default bounds let through", () => {
  test("2,000 requests one after the other, each with a ping and settings now and then", async () => {
    const { url, refusals } = await start(measure);
    const session = await http2Client(url);
    for (let count = 0; count < 2_000; count++) {
      const [answer] = await Promise.all([ask(session), ping(session)]);
      expect(answer).toBe("GET /a 0");
      if (count % 100 === 0) {
        session.settings({ initialWindowSize: 65_535 + count });
      }
    }
    expect(refusals).toEqual([]);
    session.close();
  });

  test("a hundred requests at once, again and again", async () => {
    const { url, refusals } = await start(measure);
    const session = await http2Client(url);
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(session)));
      expect(new Set(answers)).toEqual(new Set(["GET /a 0"]));
    }
    expect(refusals).toEqual([]);
    session.close();
  });

  test("a download of 128 MB through the smallest window, beside other requests", async () => {
    const chunk = Buffer.alloc(MIB, "x");
    const { url, refusals } = await start(async (request) => {
      async function* parts() {
        for (let sent = 0; sent < TRANSFER_BYTES; sent += chunk.length) {
          yield chunk;
        }
      }
      return request.url === "/large" ? text(parts()) : measure(request);
    });
    const session = await http2Client(url);
    let received = 0;
    const stream = session.request({ ":path": "/large" });
    stream.on("data", (bytes: Buffer) => {
      received += bytes.length;
    });
    const ended = once(stream, "end");
    expect(await ask(session)).toBe("GET /a 0");
    await ended;
    expect([received, refusals]).toEqual([TRANSFER_BYTES, []]);
    session.close();
  });

  test("an upload of 128 MB", async () => {
    const { url, refusals } = await start(async ({ body }) => {
      let received = 0;
      for await (const bytes of body.chunks()) {
        received += bytes.length;
      }
      return text(`${received}`);
    });
    const session = await http2Client(url);
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    const chunk = Buffer.alloc(MIB);
    for (let sent = 0; sent < TRANSFER_BYTES; sent += chunk.length) {
      if (!stream.write(chunk)) {
        await once(stream, "drain");
      }
    }
    stream.end();
    expect(await bodyOf(stream)).toBe(`${TRANSFER_BYTES}`);
    expect(refusals).toEqual([]);
    session.close();
  });

  test("a client that cancels one of two requests", async () => {
    const { url, refusals } = await start((request) =>
      request.url === "/a" ? measure(request) : new Promise(() => {}),
    );
    const session = await http2Client(url);
    // The server's work for those is never over, and so they stay among the requests that the connection may have.
    for (let count = 0; count < 90; count++) {
      const cancelled = session.request({ ":path": "/never" });
      cancelled.on("error", () => {});
      const answer = ask(session);
      cancelled.close(constants.NGHTTP2_CANCEL);
      expect(await answer).toBe("GET /a 0");
    }
    expect(refusals).toEqual([]);
    session.close();
  });

  test("gRPC calls, of which some have a deadline that is over", async () => {
    const { port, refusals } = await start(serveGrpc);
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.keepalive_time_ms": 1_000,
    });
    const same = (bytes: Buffer) => bytes;
    const call = (method: string, deadline: number) =>
      new Promise<number>((resolve) =>
        client.makeUnaryRequest(method, same, same, Buffer.alloc(0), { deadline: Date.now() + deadline }, (error) =>
          resolve(error?.code ?? grpc.status.OK),
        ),
      );
    for (let round = 0; round < 5; round++) {
      const answered = Promise.all(Array.from({ length: 80 }, () => call("/test/Call", 60_000)));
      const late = Promise.all(Array.from({ length: 15 }, () => call("/test/Never", 20)));
      expect(new Set(await answered)).toEqual(new Set([grpc.status.OK]));
      expect(new Set(await late)).toEqual(new Set([grpc.status.DEADLINE_EXCEEDED]));
    }
    expect(refusals).toEqual([]);
    client.close();
  });

  test("curl, with an upload and a download", async (context) => {
    requireTool(context, findTool(["curl", "--version"], "curl is missing: install it to run this test"));
    const { url, refusals } = await start(async (request) => text(Buffer.from(await request.body.whole(10 * MIB))));
    const run = promisify(execFile);
    const args = ["--silent", "--http2-prior-knowledge", "--data-binary", "x".repeat(100_000), url];
    const { stdout } = await run("curl", args, { maxBuffer: 10 * MIB });
    expect(stdout).toBe("x".repeat(100_000));
    expect(refusals).toEqual([]);
  });
});
