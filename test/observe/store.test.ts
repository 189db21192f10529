import { pino } from "pino";
import { expect, test } from "vitest";
import { createMetrics } from "#src/observe/metrics.ts";
import { SLOW_COMMIT_SECONDS } from "#src/observe/store.ts";

/** Metrics whose log holds its lines. */
function openMetrics(level: string) {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level, base: null, timestamp: false }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { lines, metrics: createMetrics({ queued: () => 0, connections: () => 0, droppedLines: () => 0 }, log) };
}

const slow = { method: "record", seconds: 2 * SLOW_COMMIT_SECONDS, outcome: "done", events: 30 } as const;

test("slow commits are told once, and other slow calls of the store are not", () => {
  const { lines, metrics } = openMetrics("info");
  metrics.storeCalled({ ...slow, seconds: SLOW_COMMIT_SECONDS });
  metrics.storeCalled({ ...slow, method: "deleteProject" });
  metrics.storeCalled(slow);
  metrics.storeCalled(slow);
  expect(lines).toEqual([
    { level: 40, msg: "commits are slow; this is the last one", ms: 2000 * SLOW_COMMIT_SECONDS, events: 30, count: 1 },
  ]);
});

test("at level debug each call of the store has a line", () => {
  const { lines, metrics } = openMetrics("debug");
  metrics.storeCalled({ method: "resolveUsers", seconds: 0.0012345, outcome: "away", events: 3 });
  expect(lines).toEqual([
    { level: 20, msg: "store call", method: "resolveUsers", ms: 1.235, outcome: "away", events: 3 },
  ]);
});
