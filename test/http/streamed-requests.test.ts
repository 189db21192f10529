import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { Answer, Request, Serve } from "#src/http/message.ts";
import { waitUntil } from "../support/wait-until.ts";
import { firstOf, start, streamOf, text } from "./support.ts";
import { allOf, closeAll, MAX_UNDER_WAY, MIB, transports } from "./transports.ts";

afterEach(closeAll);

describe.each(transports)("an upload over $name", ({ fastPath, ask }) => {
  async function upload(serve: Serve) {
    const running = await start(serve, { fastPath });
    return { ...running, ...ask(running.url, "POST") };
  }

  test("is taken no faster than it is read, however long it is", async () => {
    const part = Buffer.alloc(64 * 1024);
    const total = 128 * MIB;
    let sent = 0;
    let read = 0;
    let mostUnderWay = 0;
    const client = await upload(async ({ body }) => {
      for await (const chunk of body.chunks()) {
        read += chunk.length;
        mostUnderWay = Math.max(mostUnderWay, sent - read);
      }
      return text(`${read}`);
    });
    while (sent < total) {
      sent += part.length;
      if (!client.upload.write(part)) {
        await once(client.upload, "drain");
      }
    }
    client.upload.end();
    expect(await allOf(client.answer)).toBe(`${total}`);
    expect(mostUnderWay).toBeLessThan(MAX_UNDER_WAY);
  });

  test("may be answered part by part while it goes on", async () => {
    async function* answers(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        yield `got ${Buffer.from(chunk)}`;
      }
    }
    const client = await upload(async ({ body }) => text(answers(body.chunks())));
    client.upload.write("1");
    const seen: string[] = [];
    for await (const line of await client.answer) {
      seen.push(`${line}`);
      if (seen.length < 3) {
        client.upload.write(`${seen.length + 1}`);
      } else {
        client.upload.end();
      }
    }
    expect(seen).toEqual(["got 1", "got 2", "got 3"]);
  });

  test.each<[string, (request: Request, hasBegun: () => void) => Promise<unknown>]>([
    [
      "reads it in chunks",
      async ({ body }, hasBegun) => {
        for await (const _ of body.chunks()) {
          hasBegun();
        }
      },
    ],
    [
      "reads it whole",
      async ({ body }, hasBegun) => {
        const whole = body.whole(1000);
        hasBegun();
        await whole;
      },
    ],
    [
      "begins to read it only then, in chunks",
      async (request, hasBegun) => {
        hasBegun();
        await new Promise<void>((resolve) => request.onceOver(resolve));
        await Array.fromAsync(request.body.chunks());
      },
    ],
    [
      "begins to read it only then, whole",
      async (request, hasBegun) => {
        hasBegun();
        await new Promise<void>((resolve) => request.onceOver(resolve));
        await request.body.whole(1000);
      },
    ],
  ])("whose client leaves is ClientGone to whoever %s", async (_, read) => {
    const begun = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    const client = await upload(async (request) => {
      await read(request, begun.resolve).then(
        () => seen.push("all"),
        (error: Error) => seen.push(error.name),
      );
      return text("");
    });
    client.upload.write("abc");
    await begun.promise;
    client.leave();
    await waitUntil(() => seen.length > 0);
    expect(seen).toEqual(["ClientGone"]);
    expect(client.errors).toEqual([]);
  });

  test.each<[string, (request: Request) => Promise<Answer>]>([
    ["before it is read", async () => text("enough")],
    ["when some of it is read", async ({ body }) => text(`${await firstOf(body.chunks())}`)],
    ["with a stream, before it is read", async () => text(streamOf("enough"))],
    [
      "with a stream, when some of it is read",
      async ({ body }) => {
        await firstOf(body.chunks());
        return text(streamOf("enough"));
      },
    ],
  ])("that goes on without end may be answered %s, and is stopped then", async (_, serve) => {
    const client = await upload(serve);
    const part = Buffer.from("enough".padEnd(64 * 1024));
    let isStopped = false;
    client.upload.on("close", () => {
      isStopped = true;
    });
    const sendOn = () => {
      while (!isStopped && !client.upload.destroyed && client.upload.write(part)) {}
    };
    client.upload.on("drain", sendOn);
    sendOn();
    const response = await client.answer;
    let begin = "";
    response.on("data", (chunk: Buffer) => {
      begin = (begin + chunk).slice(0, 6);
    });
    response.on("error", () => {});
    await waitUntil(() => isStopped && begin.length === 6);
    expect(begin).toBe("enough");
    expect(client.errors).toEqual([]);
  });
});
