import { once } from "node:events";
import { afterEach, describe, test } from "vitest";
import type { Answer } from "#src/http/message.ts";
import { GET, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

describe("connections of the fast path that clients end", () => {
  test("behind a request are answered first", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { port } = await start(() => slow.promise, { fastPath: true });
    const wire = new Wire(port);
    wire.socket.end(GET);
    await once(wire.socket, "finish");
    slow.resolve(text("still here"));
    await wire.sees(/still here$/);
    await wire.closed;
  });

  test("behind a request that is Node's get the answer to what came before it", async () => {
    const slow = Promise.withResolvers<Answer>();
    const { port } = await start(() => slow.promise, { fastPath: true });
    const wire = new Wire(port);
    wire.socket.end(`${GET}GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nrubbish`);
    await once(wire.socket, "finish");
    slow.resolve(text("the first"));
    await wire.sees(/the first/);
    await wire.closed;
  });
});
