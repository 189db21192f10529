import { pino } from "pino";
import type { CallObserver, EndedCall } from "#src/call/observer.ts";
import { createCallLog } from "#src/observe/call-log.ts";

/** A line of the log that tells of a call that failed. */
export interface FailedLine {
  readonly level: number;
  readonly err: Error;
  readonly method: string;
}

/**
 * Makes the observer of a pipeline.
 *
 * @param onCounted is told of each call that has a line and is counted
 * @param onFailed is told of each line about a failure that the operator should know of
 */
export function observerOf(onCounted: (call: EndedCall) => void, onFailed: (line: FailedLine) => void): CallObserver {
  const log = pino({
    level: "warn",
    hooks: {
      logMethod([fields, message], _method, level) {
        if ((message as string | undefined) === "request failed") {
          const { err, method } = fields as unknown as FailedLine;
          onFailed({ level, err, method });
        }
      },
    },
  });
  return { ended: createCallLog(log, { called: onCounted, answered() {} }) };
}
