import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import { throttle } from "./throttle.ts";

/** Counts connections and answers that came to nothing. */
export interface ConnectionMetrics {
  /** A connection could not be accepted. */
  acceptFailed(error: Error): void;
  /** The TLS handshake of a client failed. */
  handshakeFailed(error: Error): void;
  /** An answer failed outside a call: it could not be made, or not be sent to its end. */
  answerFailed(error: unknown): void;
}

/** Registers the metrics of connections. The log tells of each kind of failure too, at most once a minute. */
export function createConnectionMetrics(registry: Registry, log: Logger): ConnectionMetrics {
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
  const tellAccept = throttle((count, err: Error) =>
    log.error(
      { err, count },
      "connections can't be accepted; for more file descriptors raise ulimit -n (systemd: LimitNOFILE), or lower MAX_CONNECTIONS",
    ),
  );
  // OpenSSL's errors have a short reason beside a long message.
  const tellHandshake = throttle((count, { message, reason = message }: Error & { reason?: string }) =>
    log.info({ reason, count }, "TLS handshakes of clients fail; this is the reason of the last one"),
  );
  const tellAnswer = throttle((count, err: unknown) => log.error({ err, count }, "answer failed"));
  return {
    answerFailed(error) {
      answers.inc();
      tellAnswer(error);
    },
    acceptFailed(error) {
      accepts.inc();
      tellAccept(error);
    },
    handshakeFailed(error) {
      handshakes.inc();
      tellHandshake(error);
    },
  };
}
