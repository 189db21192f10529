import type { StoreLog } from "#src/store/stores.ts";

/** A log for tests that don't read it. */
export const silentLog: StoreLog = { info() {}, warn() {} };

/** A line of a {@link KeptLog}. */
export interface LogLine {
  readonly level: keyof StoreLog;
  readonly details: object;
  readonly message: string;
}

/** A log that keeps its lines for a test to read. */
export interface KeptLog extends StoreLog {
  readonly lines: readonly LogLine[];
}

/** Makes a log that keeps its lines. */
export function createKeptLog(): KeptLog {
  const lines: LogLine[] = [];
  const keep = (level: keyof StoreLog) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return { lines, info: keep("info"), warn: keep("warn") };
}
