import { pino } from "pino";
import { expect, test } from "vitest";
import { createMetrics } from "#src/observe/metrics.ts";

test("answers that fail are counted, and told once and not line by line", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const { answerFailed, page } = createMetrics({ queued: () => 0, connections: () => 0, droppedLines: () => 0 }, log);
  for (const reason of ["first", "second", "third"]) {
    answerFailed(new Error(reason));
  }
  expect(Buffer.from(await page()).toString()).toContain("streakd_answer_failures_total 3");
  expect(lines).toMatchObject([{ level: 50, msg: "answer failed", err: { message: "first" }, count: 1 }]);
});
