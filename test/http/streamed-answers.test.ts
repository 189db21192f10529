import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { Request, Serve } from "#src/http/message.ts";
import { waitUntil } from "../support/wait-until.ts";
import { start, text } from "./support.ts";
import { type Ask, allOf, closeAll, MAX_UNDER_WAY, MIB, transports } from "./transports.ts";

afterEach(closeAll);

/** Starts a server, and asks it with a GET. */
function createGet(fastPath: boolean, ask: Ask) {
  return async (serve: Serve, method = "GET") => {
    const running = await start(serve, { fastPath });
    const exchange = ask(running.url, method);
    exchange.upload.end();
    return { ...running, ...exchange };
  };
}

describe.each(transports)("a streamed answer over $name", ({ fastPath, ask }) => {
  const get = createGet(fastPath, ask);

  test("is sent as it comes, strings and bytes", async () => {
    const second = Promise.withResolvers<Uint8Array>();
    async function* parts() {
      yield "one ";
      yield "";
      yield await second.promise;
    }
    const { answer, leftToNode } = await get(async () => text(parts()));
    const seen: string[] = [];
    for await (const chunk of await answer) {
      seen.push(`${chunk}`);
      second.resolve(Buffer.from("two"));
    }
    expect(seen).toEqual(["one ", "two"]);
    expect(leftToNode).toEqual([]);
  });

  test("is produced no faster than the client reads it, however long it is", async () => {
    const part = Buffer.alloc(64 * 1024);
    const total = 128 * MIB;
    let produced = 0;
    async function* parts() {
      while (produced < total) {
        produced += part.length;
        yield part;
      }
    }
    const { answer } = await get(async () => text(parts()));
    let read = 0;
    let mostUnderWay = 0;
    for await (const chunk of await answer) {
      read += chunk.length;
      mostUnderWay = Math.max(mostUnderWay, produced - read);
    }
    expect(read).toBe(total);
    expect(mostUnderWay).toBeLessThan(MAX_UNDER_WAY);
  });

  test("ends its producer when the client leaves", async () => {
    let isEnded = false;
    async function* parts() {
      try {
        for (;;) {
          yield "x".repeat(1000);
        }
      } finally {
        isEnded = true;
      }
    }
    const { answer, leave, errors } = await get(async () => text(parts()));
    await once(await answer, "data");
    leave();
    await waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("tells its producer that the client has left, also when that waits", async () => {
    let isEnded = false;
    async function* parts(request: Request) {
      const isOver = new Promise<void>((resolve) => request.onceOver(resolve));
      yield "first";
      await isOver;
      isEnded = true;
    }
    const { answer, leave, errors } = await get(async (request) => text(parts(request)));
    await once(await answer, "data");
    leave();
    await waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("is ended, and not sent, when the client has left before it begins", async () => {
    let isEnded = false;
    let isAsked = false;
    async function* parts() {
      try {
        yield "to nobody";
      } finally {
        isEnded = true;
      }
    }
    const { leave, errors } = await get(async (request) => {
      isAsked = true;
      await new Promise<void>((resolve) => request.onceOver(resolve));
      return text(parts());
    });
    await waitUntil(() => isAsked);
    leave();
    await waitUntil(() => isEnded);
    expect(errors).toEqual([]);
  });

  test("is cut off, and the operator is told, when its producer throws", async () => {
    const second = Promise.withResolvers<void>();
    async function* parts() {
      yield "begun";
      await second.promise;
      throw new Error("broken");
    }
    const { answer, errors } = await get(async () => text(parts()));
    const response = await answer;
    await once(response, "data");
    second.resolve();
    await expect(response.resume().toArray()).rejects.toThrow();
    expect(errors).toEqual([new Error("broken")]);
  });

  test("is ended, and not begun, when its headers can't be sent", async () => {
    let isEnded = false;
    async function* parts() {
      try {
        yield "never";
      } finally {
        isEnded = true;
      }
    }
    const { answer, errors } = await get(async () => ({ ...text(parts()), headers: { "not a name": "x" } }));
    await expect(answer).rejects.toThrow();
    await waitUntil(() => isEnded);
    expect(errors.map(String)).toEqual([expect.stringContaining("not a name")]);
  });

  test("is followed by trailers, which are asked for when it has ended", async () => {
    let count = 0;
    async function* parts() {
      yield `${++count}`;
      yield `${++count}`;
    }
    const { answer, trailers } = await get(async () => ({
      ...text(parts()),
      trailers: () => ({ "X-Count": `${count}` }),
    }));
    expect(await allOf(answer)).toBe("12");
    expect(trailers()["x-count"]).toBe("2");
  });

  test("to HEAD is its head alone, and ends its producer", async () => {
    let isEnded = false;
    let produced = 0;
    async function* parts() {
      try {
        for (;;) {
          produced += 1;
          yield "x".repeat(1000);
        }
      } finally {
        isEnded = true;
      }
    }
    const { answer, errors } = await get(async () => text(parts()), "HEAD");
    expect(await allOf(answer)).toBe("");
    await waitUntil(() => isEnded);
    expect(produced).toBe(1);
    expect(errors).toEqual([]);
  });

  test("is finished in a shutdown", async () => {
    const second = Promise.withResolvers<string>();
    async function* parts() {
      yield "begun ";
      yield await second.promise;
    }
    const { answer, listener } = await get(async () => text(parts()));
    let seen = "";
    let closed: Promise<void> | undefined;
    for await (const chunk of await answer) {
      seen += chunk;
      closed ??= listener.close(60_000);
      second.resolve("and ended");
    }
    expect(seen).toBe("begun and ended");
    await closed;
  });
});
