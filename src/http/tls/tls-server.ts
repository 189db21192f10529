import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { lingeringClose } from "../lingering-close.ts";
import { NOT_TLS, refusalBytes } from "../refusal.ts";
import { makeRequestId } from "../request-id.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { type Certificate, isValidAt, readCertificate, type TlsFiles } from "./certificate.ts";
import { HandshakeQueue } from "./handshake-queue.ts";
import { watchCertificate } from "./watch-certificate.ts";

/** The files that the operator has set, and what the operator is told. */
export interface TlsInit {
  readonly files: TlsFiles;
  /** Learns which certificate is in force: at the start, and each time that the files have changed. */
  readonly onCertificate: (certificate: Certificate, isValid: boolean) => void;
  /** Learns that changed files can't be used, so that the old certificate stays in force; once for each reason. */
  readonly onCertificateProblem: (error: unknown) => void;
  /** Learns why the handshake of a client failed, each time. */
  readonly onHandshakeFailed: (error: Error) => void;
}

/** Turns accepted connections into TLS connections. */
export interface TlsServer {
  /**
   * Does the handshake of a connection whose ClientHello has come.
   *
   * @param onSecure is called with the socket that the client is served on
   */
  serve(socket: Socket, onSecure: (secure: TLSSocket) => void): void;
  /** Stops to follow the files. */
  close(): void;
}

/**
 * The cipher suites: all of TLS 1.3, and those of TLS 1.2 that have forward secrecy and authenticate what they encrypt.
 * They are Node's default without CBC, without finite-field Diffie-Hellman, and without key exchange by RSA, which
 * HTTP/2 forbids as well (RFC 9113, appendix A).
 */
const CIPHERS = [
  ...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ...["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
].join(":");

const OPTIONS: TlsOptions = {
  minVersion: "TLSv1.2",
  ciphers: CIPHERS,
  ALPNProtocols: ["h2", "http/1.1"],
  // Otherwise a client of TLS 1.2 could ask for one costly handshake after the other on a connection.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
};

/**
 * Creates a server that speaks TLS with the certificate of the files, and with the next one when they change.
 * Connections that are open keep theirs. Rejects with a StartError when the files can't be used.
 *
 * @param handshakeMs how long a client may take for its handshake, in milliseconds
 * @param onTimeout is called when a client takes longer, and its connection is closed
 */
export async function createTlsServer(
  { files, onCertificate, onCertificateProblem, onHandshakeFailed }: TlsInit,
  handshakeMs: number,
  turns: TurnBudget,
  onTimeout: () => void,
): Promise<TlsServer> {
  const first = await readCertificate(files);
  // It never listens: it is given connections.
  const server = createServer({ ...OPTIONS, ...optionsOf(first) });
  const handshakes = new Map<Socket, (secure: TLSSocket) => void>();
  /** The connections that took too long. What then fails is no failure of its own. */
  const slow = new WeakSet<Socket>();

  server.on("secureConnection", (secure: TLSSocket) => {
    handshakes.get(acceptedOf(secure))?.(secure);
  });
  server.on("tlsClientError", (error: Error, secure: TLSSocket) => {
    if (!slow.has(acceptedOf(secure))) {
      onHandshakeFailed(error);
    }
  });

  // Node reads the hello, and does the work, on the next tick.
  const queue = new HandshakeQueue(turns, (socket) => server.emit("connection", socket));

  const stopWatching = watchCertificate(
    files,
    first,
    (certificate) => {
      server.setSecureContext({ ...OPTIONS, ...optionsOf(certificate) });
      onCertificate(certificate, isValidAt(certificate, Date.now()));
    },
    onCertificateProblem,
  );
  onCertificate(first, isValidAt(first, Date.now()));

  return {
    serve(socket, onSecure) {
      const timer = setTimeout(() => {
        end();
        slow.add(socket);
        onTimeout();
        socket.destroy();
      }, handshakeMs);
      const end = () => {
        clearTimeout(timer);
        handshakes.delete(socket);
        queue.delete(socket);
      };
      // A client may go while its hello waits for its turn.
      socket.on("error", ignore).once("close", end);
      handshakes.set(socket, (secure) => {
        end();
        onSecure(secure);
      });
      queue.add(socket);
    },
    close: stopWatching,
  };
}

/**
 * Tells a client that speaks cleartext HTTP to a port of TLS what to do instead, and ends its connection. Anything else
 * that is no TLS is closed.
 */
export function refuseCleartext(socket: Socket): void {
  const first: Buffer | null = socket.read();
  socket.on("error", ignore);
  if (first === null || !/^[A-Z]/.test(first.toString("latin1", 0, 1))) {
    socket.destroy();
    return;
  }
  socket.write(refusalBytes(NOT_TLS, makeRequestId()));
  lingeringClose(socket);
}

function optionsOf({ cert, key, ca }: Certificate): TlsOptions {
  return { cert, key, ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: true }) };
}

/** The accepted connection below a TLS socket. Node has no public API for it. */
function acceptedOf(secure: TLSSocket): Socket {
  return (secure as unknown as { _parent: Socket })._parent;
}

function ignore(): void {}
