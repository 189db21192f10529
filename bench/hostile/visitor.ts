import { connect } from "node:net";
import { EVENT, SITE_KEY } from "../load/load.ts";

/** How often each kind of visit begins, in milliseconds, whether the one before has ended or not. */
const PACE_MS = { healthz: 20, event: 500 } as const;

/** How long a visitor waits for an answer, in milliseconds. The time that the server has to come to rest is longer. */
const PATIENCE_MS = 9_000;

/** The address of the visitors, where the system has several for itself. The attacker uses other addresses. */
const FROM = process.platform === "linux" ? { localAddress: "127.0.0.2" } : {};

/** The result of one visit, which has a connection of its own. A visit with an event also reads the user's state. */
export interface Visit {
  readonly kind: keyof typeof PACE_MS;
  /** When it began, in epoch milliseconds. */
  readonly start: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Whether each answer was the right one. */
  readonly isServed: boolean;
}

/** Visits a server on this machine until the process is killed. Tells the parent of each visit. */
function visitOnAndOn(port: number): void {
  let visitors = 0;

  async function visit(kind: Visit["kind"], send: () => Promise<boolean>): Promise<void> {
    const start = Date.now();
    const began = performance.now();
    const isServed = await send();
    process.send?.({ kind, start, ms: performance.now() - began, isServed } satisfies Visit);
  }

  async function recordAndRead(): Promise<boolean> {
    visitors += 1;
    const user = `visitor-${visitors}`;
    const event = JSON.stringify({ siteKey: SITE_KEY, userHash: user, event: EVENT });
    const query = new URLSearchParams({ siteKey: SITE_KEY, userHash: user, event: EVENT });
    return (
      (await ask(port, `POST /v1/e HTTP/1.1\r\nContent-Type: application/json`, event)).startsWith("HTTP/1.1 202") &&
      (await ask(port, `GET /v1/state?${query} HTTP/1.1`)).includes('"current":1')
    );
  }

  setInterval(() => {
    void visit("healthz", async () => (await ask(port, "GET /healthz HTTP/1.1")).includes('"alive"'));
  }, PACE_MS.healthz);
  setInterval(() => void visit("event", recordAndRead), PACE_MS.event);
}

/** Sends a request on a connection of its own, and resolves to all that was answered; `""` when that failed. */
function ask(port: number, head: string, body?: string): Promise<string> {
  const length = body === undefined ? "" : `\r\nContent-Length: ${Buffer.byteLength(body)}`;
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", ...FROM });
    let answer = "";
    socket.setEncoding("latin1");
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("data", (text) => {
      answer += text;
      // Bodies are JSON with a length, and small: the end of the object is the end of the answer.
      if (answer.endsWith("}")) {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer.endsWith("}") ? answer : ""));
    socket.write(`${head}\r\nHost: visited${length}\r\n\r\n${body ?? ""}`);
  });
}

process.on("disconnect", () => process.exit());
visitOnAndOn(Number(process.argv[2]));
