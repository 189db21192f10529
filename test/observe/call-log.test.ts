import { pino } from "pino";
import { expect, test } from "vitest";
import type { Method } from "#src/call/method.ts";
import { createPipeline } from "#src/call/pipeline.ts";
import { createCallLog } from "#src/observe/call-log.ts";
import { incomingOf, methodOf } from "../call/support.ts";

test("a flood of failures has a bounded number of lines, and then one that says how many were left out", async () => {
  const lines: { msg: string; count?: number }[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const observer = { ended: createCallLog(log, { called() {}, answered() {} }) };
  const run = createPipeline(async () => ({ kind: "anonymous", origin: undefined, address: undefined }), observer);
  const broken: Method = methodOf("unary", () => Promise.reject(new Error("a bug")));
  for (let number = 0; number < 150; number += 1) {
    await run(broken, incomingOf(), () => ({ $typeName: "streak.v1.RecordEventRequest" })).catch(() => {});
  }
  const failed = () => lines.filter(({ msg }) => msg === "request failed").length;
  const leftOut = () => lines.filter(({ msg }) => msg === "failures were left out of the log");
  await expect
    .poll(() => failed() + leftOut().reduce((all, { count = 0 }) => all + count, 0), { timeout: 5_000 })
    .toBe(150);
  expect(failed()).toBeLessThan(150);
});
