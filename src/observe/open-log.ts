import { type Logger, pino } from "pino";
import { LogOutput } from "./log-output.ts";

/** The log of a process, and what writes it. */
export interface Log {
  readonly log: Logger;
  readonly output: LogOutput;
}

/** Opens the log on stdout. What waits to be written is written when the process ends, also by an uncaught error. */
export function openLog(level: string): Log {
  // Node makes a pipe or socket non-blocking when `process.stdout` is first asked for.
  const output = new LogOutput(process.stdout.fd, (count) =>
    log.warn({ count }, "lines were left out of the log: its reader did not keep up, or its disk was full"),
  );
  const log = pino({ level }, output);
  process.on("exit", () => output.end());
  return { log, output };
}
