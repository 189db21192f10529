import { writeSync } from "node:fs";
import { Counter, type Registry } from "prom-client";

/** How much of the log may wait in memory for its reader, in bytes: with the defaults what 15 seconds have at most. */
export const MAX_WAITING_BYTES = 1024 * 1024;

/** The pause before what waits is tried again, in milliseconds. A pipe takes 64 KiB each time. */
const RETRY_MS = 5;

/** How long the end of the process waits for a reader that has stopped, in milliseconds. */
const LAST_MS = 1000;

/**
 * Writes the lines of the log, each at once, so that a crash loses none. When the reader of a pipe or socket does not
 * keep up, lines wait in memory, and more than {@link MAX_WAITING_BYTES} are dropped: a log that is not read must not
 * hold up requests.
 */
export class LogOutput {
  /** How many lines were dropped since the start. */
  dropped = 0;
  readonly #fd: number;
  readonly #onDropped: (count: number) => void;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** How many of the dropped lines were reported. */
  #reported = 0;
  /** Whether the last attempt to write has succeeded, in part at least. */
  #isTaken = true;

  /**
   * @param fd where to write: a pipe or socket must not block
   * @param onDropped is called with how many lines were dropped, once lines can be written again
   */
  constructor(fd: number, onDropped: (count: number) => void) {
    this.#fd = fd;
    this.#onDropped = onDropped;
  }

  /** Writes a line, with its end, or lets it wait behind others. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    const written = this.#waiting.length === 0 ? this.#put(bytes) : 0;
    if (written < bytes.length) {
      this.#keep(bytes.subarray(written));
    }
    this.#report();
  }

  /** Writes what waits before the process ends. Waits a second at most for the reader. */
  end(): void {
    const until = performance.now() + LAST_MS;
    while (!this.#flush() && performance.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#waiting.length === 0) {
      this.#retryLater();
    } else if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.dropped += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #retryLater(): void {
    // It need not keep the process alive: `end` writes the rest.
    setTimeout(() => this.#flush() || this.#retryLater(), RETRY_MS).unref();
  }

  /** Writes what waits, as far as the reader takes it. Returns whether nothing waits any more. */
  #flush(): boolean {
    let taken = 0;
    // Line by line: the system puts up to 4 KiB into a pipe as a whole or not at all, so workers don't mix their lines.
    for (const line of this.#waiting) {
      const written = this.#put(line);
      this.#waitingBytes -= written;
      if (written < line.length) {
        this.#waiting[taken] = line.subarray(written);
        break;
      }
      taken += 1;
    }
    this.#waiting.splice(0, taken);
    this.#report();
    return this.#waiting.length === 0;
  }

  /** Returns how many bytes of a line are done with. */
  #put(bytes: Buffer): number {
    try {
      const written = writeSync(this.#fd, bytes);
      this.#isTaken = true;
      return written;
    } catch (error) {
      this.#isTaken = false;
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
        return 0;
      }
      // The reader is gone, or the disk is full.
      this.dropped += 1;
      return bytes.length;
    }
  }

  #report(): void {
    const count = this.dropped - this.#reported;
    if (count > 0 && this.#isTaken && this.#waiting.length === 0) {
      this.#reported = this.dropped;
      this.#onDropped(count);
    }
  }
}

/**
 * Registers the metric of lines that were dropped.
 *
 * @param dropped returns how many there were since the start
 */
export function registerDroppedLines(registry: Registry, dropped: () => number): void {
  new Counter({
    name: "streakd_log_lines_dropped_total",
    help: "Lines of the log that were dropped because its reader did not keep up, or its disk was full.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(dropped());
    },
  });
}
