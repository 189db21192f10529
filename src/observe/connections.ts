import type { Socket } from "node:net";
import type { Logger } from "pino";
import { Counter, Gauge, type Registry } from "prom-client";
import { peerOf } from "../address.ts";
import type { OnError } from "../http/connection-server.ts";
import { throttle } from "./throttle.ts";

/** Measures connections, and counts connections and answers that came to nothing. */
export interface ConnectionMetrics {
  /** A connection was accepted. Undefined unless the log tells of each. */
  readonly accepted: ((socket: Socket) => void) | undefined;
  /** A TLS certificate is used from now on. */
  certificateInUse(validTo: Date): void;
  /** A connection could not be accepted. */
  acceptFailed(error: Error): void;
  /** The TLS handshake of a client failed. */
  handshakeFailed(error: Error): void;
  /** An answer failed outside a call: it could not be made, or not be sent to its end. */
  readonly answerFailed: OnError;
}

/**
 * Registers the metrics of connections. The log tells of each kind of failure too, at most once a minute, and at level
 * trace of each connection.
 *
 * @param open returns how many connections are open
 */
export function createConnectionMetrics(registry: Registry, open: () => number, log: Logger): ConnectionMetrics {
  new Gauge({
    name: "streakd_connections",
    help: "Open connections of clients.",
    registers: [registry],
    collect() {
      this.set(open());
    },
  });
  const certificateEnd = new Gauge({
    name: "streakd_tls_certificate_expiry_timestamp_seconds",
    help: "When the TLS certificate in use expires, in seconds since 1970; 0 without TLS.",
    registers: [registry],
    aggregator: "min",
  });
  const accepts = new Counter({
    name: "streakd_accept_failures_total",
    help: "Connections that could not be accepted, such as for want of file descriptors.",
    registers: [registry],
  });
  const handshakes = new Counter({
    name: "streakd_tls_handshake_failures_total",
    help: "TLS handshakes of clients that failed.",
    registers: [registry],
  });
  const answers = new Counter({
    name: "streakd_answer_failures_total",
    help: "Answers that failed outside a call: they could not be made, or not be sent to their end.",
    registers: [registry],
  });
  const logAcceptFailure = throttle((count, err: Error) =>
    log.error(
      { err, count },
      "connections can't be accepted; for more file descriptors raise ulimit -n (systemd: LimitNOFILE), or lower MAX_CONNECTIONS",
    ),
  );
  // OpenSSL's errors have a short reason beside a long message.
  const logHandshakeFailure = throttle((count, { message, reason = message }: Error & { reason?: string }) =>
    log.info({ reason, count }, "TLS handshakes of clients fail; this is the reason of the last one"),
  );
  const logAnswerFailure = throttle((count, err: unknown, requestId: string | undefined) =>
    log.error({ err, requestId, count }, "answer failed"),
  );
  return {
    accepted: log.isLevelEnabled("trace") ? (socket) => logConnection(log, socket) : undefined,
    certificateInUse: (validTo) => certificateEnd.set(validTo.getTime() / 1000),
    answerFailed(error, requestId) {
      answers.inc();
      logAnswerFailure(error, requestId);
    },
    acceptFailed(error) {
      accepts.inc();
      logAcceptFailure(error);
    },
    handshakeFailed(error) {
      handshakes.inc();
      logHandshakeFailure(error);
    },
  };
}

function logConnection(log: Logger, socket: Socket): void {
  const since = performance.now();
  const peer = peerOf(socket);
  log.trace({ peer }, "connection opened");
  socket.once("close", () => {
    const { bytesRead, bytesWritten } = socket;
    log.trace({ peer, ms: Math.round(performance.now() - since), bytesRead, bytesWritten }, "connection closed");
  });
}
