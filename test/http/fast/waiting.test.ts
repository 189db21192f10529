import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { expect, test, vi } from "vitest";
import { Budget } from "#src/http/budget.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { createFastPath, echo } from "../support.ts";

test("a client whose bytes find no room while they wait for a turn is told so", async () => {
  let sent = "";
  const write = (bytes: Buffer, _: unknown, done: () => void) => {
    sent += bytes;
    done();
  };
  const socket = Object.assign(new Duplex({ read() {}, write }), { setTimeout: () => socket }) as unknown as Socket;
  const turns = new TurnBudget();
  const fastPath = createFastPath({
    serve: echo,
    bodyLimit: () => Number.POSITIVE_INFINITY,
    turns,
    limits: DEFAULT_LIMITS,
    requestBudget: new Budget(1),
    bodyBudget: new Budget(10_000),
    onRefusal() {},
    onError() {},
    takeOver: () => expect.unreachable(),
  });
  fastPath.serve(socket);
  // Somebody else comes first.
  turns.runLater(() => {});

  // Two reads of the same turn of the event loop.
  socket.emit("data", Buffer.from("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n"));
  socket.emit("data", Buffer.alloc(15_000));

  await vi.waitUntil(() => sent !== "", { timeout: 10_000 });
  expect(sent).toMatch(/^HTTP\/1\.1 503 /);
});
