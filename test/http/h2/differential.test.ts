import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differentialSeed } from "../fast/differential/stream.ts";
import { start, stopAll, text } from "../support.ts";
import { describeRequest } from "./described.ts";
import { type FrameStream, generateFrameStream } from "./frame-stream.ts";
import { FrameClient, type SeenAnswer } from "./support.ts";

/** How many streams of frames are compared. `HTTP2_STREAMS` sets another number. */
const STREAMS = Number(process.env.HTTP2_STREAMS || 500);

let node: { readonly child: ChildProcess; readonly port: number };

beforeAll(async () => {
  node = await startNode();
});

afterAll(async () => {
  node.child.kill("SIGKILL");
  await stopAll();
});

async function startNode() {
  const child = fork(new URL("node-server.ts", import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { child, port };
}

test("well-formed frames are understood as Node's server understands them, and no frames do harm", {
  timeout: 600_000,
}, async () => {
  const seed = differentialSeed();
  console.log(`DIFFERENTIAL_SEED=${seed}`);
  const { port, errors } = await start(async ({ headers, body }) => {
    const { length } = await body.whole(1_000_000);
    return text(describeRequest(headers, length));
  });
  for (let number = 0; number < STREAMS; number++) {
    const stream = generateFrameStream(seed, number);
    const [ours, theirs] = await Promise.all([send(port, stream, true), send(node.port, stream, false)]);
    if (node.child.exitCode !== null || node.child.signalCode !== null) {
      // It aborts on some frames. That is why it is not used.
      node = await startNode();
      continue;
    }
    expect(ours, `stream ${number} of seed ${seed}`).toEqual(theirs);
    expect(errors, `stream ${number} of seed ${seed}`).toEqual([]);
  }
});

/**
 * Sends a stream of frames, and returns the answers to its well-formed part.
 *
 * @param ends whether the server is to end the connection when the client has ended its side. Node's does not always
 */
async function send(port: number, { wellFormed, tail, whole }: FrameStream, ends: boolean): Promise<unknown[]> {
  const client = new FrameClient(port);
  await client.send(...wellFormed);
  const answers = (await Promise.all(whole.map((id) => client.answer(id)))).map(describeAnswer);
  client.socket.end(tail, () => ends || client.socket.destroy());
  await client.closed;
  return answers;
}

function describeAnswer(answer: SeenAnswer | undefined): unknown {
  return answer === undefined ? "none" : { ...answer, body: answer.body.toString() };
}
