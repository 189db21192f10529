import type { Socket } from "node:net";

/** What an attacker does with a connection, once it is open. */
export type Act = (socket: Socket) => void;

/** A way to attack a server. All floods are in `floods/`, and need no more than sockets. */
export interface Flood {
  /** For the table and for `--only`. */
  readonly name: string;
  /** How many connections are open at the same time. The attacker opens a new one for each that is closed. */
  readonly connections: number;
  /** How many connections are opened per second at most; {@link OPENED_PER_SECOND} when not given. */
  readonly openedPerSecond?: number;
  /** How the attacker reads the answers; all of them at once when not given. */
  readonly reads?: "nothing" | "a byte at a time";
  readonly act: Act;
}

/** How many connections an attacker opens per second at most, where the flood does not say. */
export const OPENED_PER_SECOND = 5_000;

/** What happened to an attacker. */
export interface Outcome {
  /** Connections that were opened, and attempts that failed. */
  readonly opened: number;
  readonly refused: number;
  /** Connections that the server ended, and that it reset. */
  readonly ended: number;
  readonly reset: number;
  /** What the server answered, by name: `200`, `RST_STREAM CANCEL`, `GOAWAY ENHANCE_YOUR_CALM`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}
