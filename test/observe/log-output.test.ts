import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";

/** Sends requests for a path that there is not, in one go, and resolves when all are answered. */
async function request({ port }: Server, count: number): Promise<void> {
  const head = `GET /${"x".repeat(200)} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${"y".repeat(128)}\r\n\r\n`;
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.write(head.repeat(count));
  let answers = 0;
  for await (const part of socket) {
    // Each answer has one brace, in its body.
    answers += part.split("{").length - 1;
    if (answers === count) {
      return;
    }
  }
}

function linesOf({ output }: Server, message: string): Record<string, unknown>[] {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message);
}

const EVERY_REQUEST = { LOG_REQUESTS_PER_SECOND: "1000000" };

test("a log that nobody reads delays no request; lines beyond a bound are dropped and counted", async () => {
  await using server = await startServer({ env: EVERY_REQUEST });
  server.pauseOutput();
  await request(server, 5_000);
  const page = await (await fetch(`${server.url}/metrics`)).text();
  const dropped = Number(/^streakd_log_lines_dropped_total (\d+)$/m.exec(page)?.[1]);
  expect(dropped).toBeGreaterThan(100);

  server.resumeOutput();
  const leftOut = () =>
    linesOf(server, "lines were left out of the log: its reader did not keep up, or its disk was full");
  await expect.poll(leftOut).toMatchObject([{ level: 40, count: dropped }]);
  expect(linesOf(server, "request")).toHaveLength(5_000 - dropped);
  await request(server, 1);
  await expect.poll(() => linesOf(server, "request")).toHaveLength(5_001 - dropped);
});

test("what waits for the reader of the log is written when a signal ends the server", async () => {
  await using server = await startServer({ env: EVERY_REQUEST });
  server.pauseOutput();
  await request(server, 1_000);
  const ended = server.kill("SIGTERM");
  await expect.poll(() => fetch(server.url).catch(() => "closed")).toBe("closed");
  server.resumeOutput();
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(linesOf(server, "request")).toHaveLength(1_000);
  expect(linesOf(server, "stopped")).toHaveLength(1);
});

/** Starts the process that logs so many lines and ends, and resolves when it has logged. Nobody has read them yet. */
async function logAndEnd(how: string, lines: number) {
  const program = fileURLToPath(new URL("log-and-end.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, how, String(lines)]);
  const exit = once(child, "exit");
  await once(child.stderr, "data");
  child.stderr.resume();
  return { stdout: child.stdout, exit };
}

test.each([
  ["return", 0],
  ["exit", 3],
  ["throw", 1],
])("what waits is written when the process ends by %s", async (how, code) => {
  const { stdout, exit } = await logAndEnd(how, 5_000);
  const lines = (await text(stdout)).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).number)).toEqual(Array.from({ length: 5_000 }, (_, number) => number));
  expect(await exit).toEqual([code, null]);
});

test("a process ends even when nobody reads its log", async () => {
  const { stdout, exit } = await logAndEnd("exit", 5_000);
  expect(await exit).toEqual([3, null]);
  expect((await text(stdout)).split("\n").length).toBeLessThan(5_000);
});
