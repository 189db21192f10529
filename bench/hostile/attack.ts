import { connect, type Socket } from "node:net";
import { setPriority } from "node:os";
import { type Flood, OPENED_PER_SECOND, type Outcome } from "./flood.ts";
import { floods, NO_FLOOD } from "./floods.ts";
import { AnswerReader } from "./reader.ts";

/** How often the attacker opens the connections that are missing, in milliseconds. */
const OPENING_MS = 10;

/** From how many addresses the attacker connects: one address has too few ports for many thousand connections. */
const ADDRESSES = process.platform === "linux" ? 16 : 0;

/** How often a reader that takes a byte at a time takes one, in milliseconds. */
const BYTE_MS = 10;

/** The attacker's niceness, so that the server and its other clients get the processor: a real attacker has its own. */
const NICENESS = 10;

/**
 * Attacks a server on this machine until the process is killed. Tells the parent process when the attack begins, and
 * the outcome so far when the parent asks.
 */
function attack(flood: Flood, port: number, most: number): void {
  const outcome = { opened: 0, refused: 0, ended: 0, reset: 0, receivedBytes: 0 };
  const answers: Record<string, number> = {};
  const open = new Set<Socket>();
  let sentBytes = 0;
  let attempts = 0;

  function count(answer: string): void {
    answers[answer] = (answers[answer] ?? 0) + 1;
  }

  function openOne(): void {
    attempts += 1;
    const from = ADDRESSES > 0 ? { localAddress: `127.0.1.${(attempts % ADDRESSES) + 1}` } : {};
    const socket = connect({ port, host: "127.0.0.1", ...from });
    let isOpen = false;
    open.add(socket);
    socket.on("connect", () => {
      isOpen = true;
      outcome.opened += 1;
      read(socket);
      flood.act(socket);
    });
    socket.on("error", () => {
      outcome[isOpen ? "reset" : "refused"] += 1;
    });
    socket.on("end", () => {
      outcome.ended += 1;
      // As most clients do. Clients that keep their side open are no worse: the server has a timeout for them.
      socket.destroy();
    });
    socket.on("close", () => {
      sentBytes += socket.bytesWritten;
      open.delete(socket);
    });
  }

  function read(socket: Socket): void {
    const reader = new AnswerReader(count);
    const take = (bytes: Buffer): void => {
      outcome.receivedBytes += bytes.length;
      reader.take(bytes);
    };
    if (flood.reads === undefined) {
      socket.on("data", take);
      return;
    }
    socket.pause();
    if (flood.reads === "a byte at a time") {
      const timer = setInterval(() => {
        const byte: Buffer | null = socket.read(1);
        if (byte !== null) {
          take(byte);
        }
      }, BYTE_MS);
      socket.once("close", () => clearInterval(timer));
    }
  }

  const perOpening = Math.ceil(((flood.openedPerSecond ?? OPENED_PER_SECOND) * OPENING_MS) / 1000);
  const connections = Math.min(flood.connections, most);
  setInterval(() => {
    for (let missing = Math.min(perOpening, connections - open.size); missing > 0; missing -= 1) {
      openOne();
    }
  }, OPENING_MS);

  process.send?.("begins");
  process.on("message", () => {
    const written = [...open].reduce((sum, socket) => sum + socket.bytesWritten, sentBytes);
    process.send?.({ ...outcome, answers, sentBytes: written } satisfies Outcome);
  });
}

const [name, port, most] = process.argv.slice(2);
const flood = [NO_FLOOD, ...floods].find((one) => one.name === name);
if (flood === undefined) {
  throw new Error(`there is no flood ${name}`);
}
setPriority(NICENESS);
process.on("disconnect", () => process.exit());
attack(flood, Number(port), Number(most));
