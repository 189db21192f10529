import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { Budget } from "#src/http/budget.ts";
import { createHttp2 } from "#src/http/h2/create-http2.ts";
import type { Limits } from "#src/http/limits.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { measure } from "../listener/support.ts";
import { END_HEADERS, END_STREAM, FrameClient, frame, opening, request, TYPE } from "./support.ts";

/** Turns that come when a test says so. */
class HeldTurns extends TurnBudget {
  readonly waiting: (() => void)[] = [];
  isHeld = false;

  override runRead(work: () => void): void {
    if (this.isHeld) {
      this.waiting.push(work);
    } else {
      super.runRead(work);
    }
  }

  release(): void {
    this.isHeld = false;
    for (const work of this.waiting.splice(0)) {
      work();
    }
  }
}

const turns = new HeldTurns();
const server = createServer({ allowHalfOpen: true });
let accepted: Socket | undefined;

/** Starts a server whose turns come when the test says so, with a client that has sent its opening. */
async function startWith(limits: Partial<Limits>): Promise<FrameClient> {
  const http2 = createHttp2({
    serve: measure,
    turns,
    limits: { ...DEFAULT_LIMITS, ...limits },
    requestBudget: new Budget(100),
    bodyBudget: new Budget(1_000_000),
    onRefusal() {},
    onError() {},
  });
  server.removeAllListeners("connection").on("connection", (socket) => {
    accepted = socket;
    http2.serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new FrameClient((server.address() as { port: number }).port);
  await client.send(opening());
  await client.settled(1);
  return client;
}

afterEach(async () => {
  vi.useRealTimers();
  turns.release();
  accepted?.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("a connection that waits for its turn takes nothing more from its socket until then", async () => {
  const client = await startWith({});
  turns.isHeld = true;
  const before = accepted?.bytesRead ?? 0;
  await client.send(frame(TYPE.headers, END_HEADERS, 1, request("POST")));
  await waitUntil(() => (accepted?.bytesRead ?? 0) > before);
  expect([accepted?.isPaused(), turns.waiting.length]).toEqual([true, 1]);
  client.socket.write(frame(TYPE.data, END_STREAM, 1, "abc"));
  turns.release();
  expect((await client.answer(1))?.body.toString()).toBe("POST /a 3");
  expect(accepted?.isPaused()).toBe(false);
});

test("a connection that takes too long is ended in a turn, since thousands may at once", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const client = await startWith({ sessionMs: 20 });
  turns.isHeld = true;
  vi.advanceTimersByTime(40);
  expect(turns.waiting.length).toBeGreaterThan(0);
  expect(client.frames.some(({ type }) => type === TYPE.goaway)).toBe(false);
  turns.release();
  expect(await client.goawayCode()).toBe(0);
});
