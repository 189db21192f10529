import type { Act } from "./flood.ts";

/** How many times an attacker writes to a connection before it serves the others. */
const WRITES_PER_TURN = 16;

/** Sends bytes, and then nothing more. */
export function hold(bytes: Buffer): Act {
  return (socket) => {
    socket.write(bytes);
  };
}

/** Sends bytes, and then other bytes again and again, as fast as the server takes them. */
export function pour(opening: Buffer, again: Buffer): Act {
  return (socket) => {
    socket.write(opening);
    const writeOn = (): void => {
      for (let writes = 0; writes < WRITES_PER_TURN; writes += 1) {
        if (socket.destroyed) {
          return;
        }
        if (!socket.write(again)) {
          socket.once("drain", writeOn);
          return;
        }
      }
      setImmediate(writeOn);
    };
    writeOn();
  };
}

/** Sends bytes, and then a few more from time to time. */
export function drip(opening: Buffer, again: Buffer, everyMs: number): Act {
  return (socket) => {
    socket.write(opening);
    const timer = setInterval(() => socket.write(again), everyMs);
    socket.once("close", () => clearInterval(timer));
  };
}

/** Sends bytes, and then ends its side of the connection. */
export function halfClose(bytes: Buffer): Act {
  return (socket) => {
    socket.end(bytes);
  };
}

/** Sends bytes, and leaves as soon as the server has answered something. */
export function leaveWhenAnswered(bytes: Buffer): Act {
  return (socket) => {
    socket.once("data", () => socket.destroy());
    socket.write(bytes);
  };
}

/** Sends bytes, and resets the connection when the system has taken them. */
export function reset(bytes: Buffer): Act {
  return (socket) => {
    socket.write(bytes, () => socket.resetAndDestroy());
  };
}
