import type { Socket } from "node:net";
import type { Act } from "./flood.ts";
import { END_STREAM, FRAME_HEAD_BYTES, frame, INITIAL_WINDOW_SIZE, MAX_FRAME_BYTES, preface, Type } from "./frames.ts";

/** The window that a stream and a connection begin with. */
const WINDOW_BYTES = 65_535;

/** What is uploaded on each stream of a connection. */
export interface Uploads {
  readonly streams: readonly number[];
  /** Begins a stream. */
  readonly head: (stream: number) => Buffer;
  readonly body: Buffer;
  /** Whether a stream ends with its body. */
  readonly ends: boolean;
}

/** Uploads on all streams of an HTTP/2 connection as much as the server's windows allow, and then waits. */
export function upload(uploads: Uploads): Act {
  return (socket) => {
    const sent = new Map(uploads.streams.map((stream) => [stream, 0]));
    const windows = new Map(uploads.streams.map((stream) => [stream, WINDOW_BYTES]));
    let window = WINDOW_BYTES;

    function sendMore(): void {
      for (const stream of uploads.streams) {
        const done = sent.get(stream) ?? 0;
        const room = Math.min(window, windows.get(stream) ?? 0, uploads.body.length - done, MAX_FRAME_BYTES);
        if (room > 0) {
          const flags = uploads.ends && done + room === uploads.body.length ? END_STREAM : 0;
          socket.write(frame(Type.DATA, flags, stream, uploads.body.subarray(done, done + room)));
          sent.set(stream, done + room);
          windows.set(stream, (windows.get(stream) ?? 0) - room);
          window -= room;
        }
      }
    }

    readFrames(socket, (type, stream, payload) => {
      if (type === Type.WINDOW_UPDATE && stream === 0) {
        window += payload.readUInt32BE(0);
      } else if (type === Type.WINDOW_UPDATE) {
        windows.set(stream, (windows.get(stream) ?? 0) + payload.readUInt32BE(0));
      } else if (type === Type.SETTINGS) {
        growWindows(payload, windows);
      } else if (type === Type.RST_STREAM) {
        windows.delete(stream);
      }
      sendMore();
    });
    socket.write(Buffer.concat([preface(), ...uploads.streams.map(uploads.head)]));
    sendMore();
  };
}

/** Applies the server's setting of the window that streams begin with. */
function growWindows(settings: Buffer, windows: Map<number, number>): void {
  for (let at = 0; at + 6 <= settings.length; at += 6) {
    if (settings.readUInt16BE(at) === INITIAL_WINDOW_SIZE) {
      const more = settings.readUInt32BE(at + 2) - WINDOW_BYTES;
      for (const [stream, window] of windows) {
        windows.set(stream, window + more);
      }
    }
  }
}

function readFrames(socket: Socket, take: (type: number, stream: number, payload: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= FRAME_HEAD_BYTES && rest.length >= FRAME_HEAD_BYTES + rest.readUIntBE(0, 3)) {
      const end = FRAME_HEAD_BYTES + rest.readUIntBE(0, 3);
      take(rest[3] as number, rest.readUInt32BE(5), rest.subarray(FRAME_HEAD_BYTES, end));
      rest = rest.subarray(end);
    }
  });
}
