import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { AcceptedSockets } from "./accepted-sockets.ts";
import { parseAnswers, type ReceivedAnswer } from "./answers.ts";
import type { RecordingServer, TakenRequest } from "./server.ts";
import type { ByteStream } from "./stream.ts";

/** What came of a stream. */
export interface Outcome {
  /** What the server took for requests. */
  readonly requests: readonly TakenRequest[];
  readonly answers: readonly ReceivedAnswer[];
  /** Whether the server closed the connection before the client did. */
  readonly isClosedByServer: boolean;
  /** Whether the server cut the connection off: whatever it still had to say was lost. */
  readonly isCutOff: boolean;
  /** What went wrong inside the server, and what no server may do, such as leaving a request unanswered. */
  readonly errors: readonly string[];
}

/**
 * Sent when nothing happens any more, with the end of the connection. It completes a body that the server still waits for,
 * unless that is larger, and is no request itself. So each connection ends, and shows what the server was waiting for.
 */
const FINISH = Buffer.alloc(1000);

/** How long a connection may take to come to its end, in milliseconds, however busy the machine is. */
const STUCK_MS = 10_000;

/**
 * Sends a stream to a server that has no other connection, and returns what came of it. The client sends a write when the
 * server has read the one before.
 *
 * @param quietTurns how many turns of the event loop without any event mean that nothing more will happen
 */
export async function send(
  stream: ByteStream,
  server: RecordingServer,
  sockets: AcceptedSockets,
  quietTurns: number,
): Promise<Outcome> {
  server.reset();
  const client = connect({ port: server.port, host: "127.0.0.1", noDelay: true });
  const received: Buffer[] = [];
  const errors: string[] = [];
  let hasServerEnded = false;
  const onEnd = () => {
    hasServerEnded = true;
  };
  client.on("data", (bytes: Buffer) => received.push(bytes));
  client.on("end", onEnd).on("error", onEnd).on("close", onEnd);
  await once(client, "connect");
  const end = await acceptedEnd(client, sockets);
  const stuck = setTimeout(() => {
    errors.push(`not over after ${STUCK_MS} ms`);
    client.destroy();
  }, STUCK_MS);

  /** Waits until the server has read so much, or has closed the connection and the client knows. */
  async function read(count: number): Promise<void> {
    while (!hasServerEnded && (end.bytesRead < count || end.writableEnded || end.destroyed)) {
      await setImmediate();
    }
  }

  function answers(): ReceivedAnswer[] {
    try {
      return parseAnswers(Buffer.concat(received).toString("latin1"));
    } catch (error) {
      errors.push(String(error));
      return [];
    }
  }

  /** Waits until nothing happens any more. By then, the server has to have answered what it took for a request. */
  async function settle(): Promise<void> {
    await quiet(() => [end.bytesRead, client.bytesRead, server.taken.length, end.closed, hasServerEnded], quietTurns);
    const answered = hasServerEnded ? undefined : answers().filter(({ status }) => status >= 200).length;
    if (answered !== undefined && answered < server.taken.length) {
      errors.push(`${server.taken.length} requests were taken, and ${answered} answered`);
    }
  }

  let sent = 0;
  for (const [i, bytes] of stream.writes.entries()) {
    if (stream.isInLockstep) {
      await settle();
    }
    if (hasServerEnded) {
      break;
    }
    sent += bytes.length;
    if (stream.isHalfClosed && i === stream.writes.length - 1) {
      client.end(bytes);
    } else {
      client.write(bytes);
    }
    await read(sent);
  }
  await settle();
  const isClosedByServer = hasServerEnded;
  if (client.writable) {
    client.end(FINISH);
  }
  while (!client.closed || !end.closed) {
    await setImmediate();
  }
  clearTimeout(stuck);
  return {
    requests: [...server.taken],
    answers: answers(),
    isClosedByServer,
    isCutOff: !end.writableFinished,
    errors: [...errors, ...server.errors.map(String)],
  };
}

async function acceptedEnd(client: Socket, sockets: AcceptedSockets): Promise<Socket> {
  const port = client.localPort as number;
  for (;;) {
    const end = sockets.of(port);
    if (end !== undefined) {
      return end;
    }
    await setImmediate();
  }
}

/** Resolves when the values have stayed the same for some turns of the event loop. */
async function quiet(look: () => readonly unknown[], turns: number): Promise<void> {
  let before = look();
  for (let same = 0; same < turns; same++) {
    await setImmediate();
    const now = look();
    if (now.some((value, i) => value !== before[i])) {
      before = now;
      same = -1;
    }
  }
}
