import { once } from "node:events";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { LimitName, Limits } from "#src/http/limits.ts";
import { createListener, type Listener } from "#src/http/listener/listener.ts";
import type { Serve } from "#src/http/message.ts";
import type { TlsFiles } from "#src/http/tls/certificate.ts";
import { TurnBudget } from "#src/http/turn-budget.ts";
import type { Certificates } from "../../support/certificates.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { defaultInit } from "../../support/listener.ts";
import { createFastPath } from "../support.ts";

/** A port that speaks TLS, and what it has reported. */
export interface TlsPort {
  readonly port: number;
  readonly listener: Listener;
  /** The certificates that were taken into use, in order. */
  readonly reloads: string[];
  /** Why changed files can't be used. */
  readonly problems: string[];
  readonly failures: Error[];
  readonly refusals: LimitName[];
  readonly errors: unknown[];
}

const running: Listener[] = [];

export async function startTls(
  serve: Serve,
  files: TlsFiles,
  limits: Partial<Limits> = {},
  turns = new TurnBudget(),
): Promise<TlsPort> {
  const report: Omit<TlsPort, "port" | "listener"> = {
    problems: [],
    reloads: [],
    failures: [],
    refusals: [],
    errors: [],
  };
  const listener = createListener({
    serve,
    createFastPath,
    tls: {
      files,
      onCertificate: ({ cert }) => report.reloads.push(cert),
      onCertificateProblem: (error) => report.problems.push(String(error)),
      onHandshakeFailed: (error) => report.failures.push(error),
    },
    ...defaultInit(),
    turns,
    limits: { ...DEFAULT_LIMITS, ...limits },
    onRefusal: (limit) => report.refusals.push(limit),
    onError: (error) => report.errors.push(error),
  });
  running.push(listener);
  const { port } = await listener.listen({ port: 0, host: "127.0.0.1" });
  return { port, listener, ...report };
}

/** For `afterEach`. */
export async function stopTls(): Promise<void> {
  await Promise.all(running.splice(0).map((listener) => listener.close(0)));
}

/** The files of the server's certificate. */
export function filesOf({ server }: Certificates, clientCaFile?: string): TlsFiles {
  return { certFile: server.certFile, keyFile: server.keyFile, clientCaFile };
}

/** Connects; rejects when the handshake fails. */
export async function connectTls(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** What a client receives for bytes that ask the server to close the connection. */
export async function askTls(port: number, options: ConnectionOptions, bytes: string): Promise<string> {
  const socket = await connectTls(port, options);
  socket.write(bytes);
  let received = "";
  for await (const chunk of socket) {
    received += chunk;
  }
  return received;
}
