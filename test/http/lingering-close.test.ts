import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { endConnection, lingeringClose } from "#src/http/lingering-close.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../support/limits.ts";
import { waitUntil } from "../support/wait-until.ts";
import { Wire } from "./support.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** Connects a client, and returns it with the server's end. */
async function connectOne(): Promise<{ wire: Wire; end: Socket }> {
  server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const wire = new Wire((server.address() as { port: number }).port);
  const [end] = await once(server, "connection");
  return { wire, end };
}

describe("a connection that ends gently", () => {
  test("sends what is written first, also when the client has sent more than was read", async () => {
    const { wire, end } = await connectOne();
    await wire.send("x".repeat(100_000));
    end.write("the last words");
    lingeringClose(end);
    await wire.closed;
    expect(wire.received).toBe("the last words");
    expect(wire.socket.errored).toBeNull();
    await once(end, "close");
  });

  test("is closed when its client sends on for too long", async () => {
    const { wire, end } = await connectOne();
    wire.socket.allowHalfOpen = true;
    lingeringClose(end);
    const part = Buffer.alloc(1 << 16);
    while (!end.destroyed) {
      await wire.send(part);
    }
    wire.socket.destroy();
  });

  test("is closed when its client reads nothing of what is written", async () => {
    const { wire, end } = await connectOne();
    wire.socket.pause();
    end.write(Buffer.alloc(32 << 20));
    lingeringClose(end, 20);
    await once(end, "close");
    expect(end.writableFinished).toBe(false);
    wire.socket.destroy();
  });

  test("is closed when its client reads nothing of what is written, and goes on sending", async () => {
    const { wire, end } = await connectOne();
    wire.socket.pause();
    end.write(Buffer.alloc(32 << 20));
    lingeringClose(end, 50);
    const drip = setInterval(() => wire.socket.write("x"), 5);
    await once(end, "close");
    clearInterval(drip);
    expect(end.writableFinished).toBe(false);
    wire.socket.destroy();
  });
});

describe("a connection of a busy server whose client was refused", () => {
  const owner = { isDraining: false, isClosing: false, setBusy() {}, forget() {} };

  /** Ends a connection while other work waits for its turn. */
  function refuse(end: Socket): void {
    const turns = new TurnBudget();
    turns.runLater(() => {});
    end.write("the refusal");
    endConnection(end, true, { turns, limits: DEFAULT_LIMITS }, owner);
  }

  test("is not ended, and keeps nothing of what the client sends in memory", async () => {
    const { wire, end } = await connectOne();
    end.pause();
    wire.socket.write("x".repeat(1_000_000));
    await waitUntil(() => end.readableLength > 0);
    refuse(end);
    await wire.sees(/the refusal$/);
    await waitUntil(() => end.readableLength === 0);
    // All that its buffers take.
    await waitUntil(() => wire.socket.writableLength < 1_000_000 || wire.socket.writableLength === 0);
    expect([end.readableLength, end.writableEnded, end.bytesRead < 200_000]).toEqual([0, false, true]);
    wire.socket.destroy();
    end.destroy();
  });

  test("is ended when its client ends it", async () => {
    const { wire, end } = await connectOne();
    refuse(end);
    await wire.send("a little more");
    wire.socket.end();
    await once(end, "close");
    expect(wire.received).toBe("the refusal");
  });
});
