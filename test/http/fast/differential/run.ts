import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { CreateFastPath } from "#src/http/fast-path.ts";
import type { Feed } from "#src/http/listener/feed.ts";
import { type AcceptedSockets, watchAcceptedSockets } from "./accepted-sockets.ts";
import { type Outcome, send } from "./client.ts";
import { isSame } from "./compare.ts";
import { type RecordingServer, startServer } from "./server.ts";
import { type ByteStream, generateStream } from "./stream.ts";

/** What the comparison of many streams showed. */
export interface Report {
  /** The streams with which the fast path differs from Node's server. The first ones, if there are many. */
  readonly differences: readonly Difference[];
  /** How many requests the servers with the fast path took. */
  readonly requests: number;
  /** How many of these requests the fast path took itself. */
  readonly fastRequests: number;
}

/** A stream that shows a difference, and what came of it. */
export interface Difference {
  /** The stream's number; `generateStream` makes it again. */
  readonly number: number;
  readonly stream: ByteStream;
  readonly fast: Outcome;
  readonly node: Outcome;
}

/** A server with the fast path and one without. */
interface Pair {
  readonly fast: RecordingServer;
  readonly node: RecordingServer;
}

/** How many streams are under way at a time. Each has two servers to itself. */
const PAIRS = 24;

/** For how many turns of the event loop nothing may happen, with other streams under way, and with a stream alone. */
const QUIET_TURNS = 3;
const QUIET_TURNS_ALONE = 30;

/** With this many differences, the search for more ends. */
const ENOUGH_DIFFERENCES = 10;

/**
 * Sends the first `count` streams of a seed to a server with the fast path and to one without. Compares what each took for a
 * request, and what it answered. A difference counts only when the stream shows it again with nothing beside it.
 */
export async function compareStreams(seed: number, count: number, createFastPath: CreateFastPath): Promise<Report> {
  const sockets = watchAcceptedSockets();
  const pairs = await Promise.all(Array.from({ length: PAIRS }, () => startPair(createFastPath)));
  const nodeRequests = countNodeRequests(new Set(pairs.map(({ fast }) => fast.port)));
  const differences: Difference[] = [];
  let suspects: number[] = [];
  let requests = 0;
  let next = 0;

  async function search(pair: Pair): Promise<void> {
    while (next < count && suspects.length < ENOUGH_DIFFERENCES) {
      const number = next++;
      const stream = generateStream(seed, number);
      const { fast, node } = await sendToBoth(stream, pair, sockets, QUIET_TURNS);
      requests += fast.requests.length;
      if (!isSame(fast, node)) {
        suspects.push(number);
      }
    }
  }

  async function verify(number: number): Promise<void> {
    const stream = generateStream(seed, number);
    const { fast, node } = await sendToBoth(stream, pairs[0] as Pair, sockets, QUIET_TURNS_ALONE);
    if (!isSame(fast, node)) {
      differences.push({ number, stream, fast, node });
    }
  }

  try {
    while (next < count && differences.length < ENOUGH_DIFFERENCES) {
      suspects = [];
      await Promise.all(pairs.map(search));
      const fromNode = nodeRequests.count;
      for (const number of suspects) {
        await verify(number);
      }
      nodeRequests.count = fromNode;
    }
    return { differences, requests, fastRequests: requests - nodeRequests.count };
  } finally {
    nodeRequests.stop();
    await Promise.all(pairs.flatMap(({ fast, node }) => [fast.close(), node.close()]));
    sockets.close();
  }
}

async function startPair(createFastPath: CreateFastPath): Promise<Pair> {
  const [fast, node] = await Promise.all([startServer(createFastPath), startServer()]);
  return { fast, node };
}

async function sendToBoth(stream: ByteStream, pair: Pair, sockets: AcceptedSockets, quietTurns: number) {
  const [fast, node] = await Promise.all([
    send(stream, pair.fast, sockets, quietTurns),
    send(stream, pair.node, sockets, quietTurns),
  ]);
  return { fast, node };
}

/** Counts the requests that Node's HTTP server reads on some ports of this process. */
function countNodeRequests(ports: ReadonlySet<number>): { count: number; stop(): void } {
  const counter = { count: 0, stop: () => unsubscribe("http.server.request.start", onRequest) };
  function onRequest(message: unknown): void {
    const { socket } = (message as { socket: Feed }).socket;
    if (ports.has(socket.localPort as number)) {
      counter.count += 1;
    }
  }
  subscribe("http.server.request.start", onRequest);
  return counter;
}
