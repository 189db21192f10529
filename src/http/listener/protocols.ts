import type { Socket } from "node:net";
import type { ConnectionServer } from "../connection-server.ts";
import type { Limits, OnRefusal } from "../limits.ts";
import { readHello } from "../tls/client-hello.ts";
import { refuseCleartext, type TlsServer } from "../tls/tls-server.ts";
import { isHttp2, sniff } from "./sniff.ts";

/** What serves connections, by protocol. */
export interface ProtocolsInit {
  readonly http1: ConnectionServer;
  readonly http2: ConnectionServer;
  readonly limits: Limits;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
  /** Learns, before a connection is served, on which socket it is: over TLS another one than was accepted. */
  readonly onServed: (accepted: Socket, served: Socket) => void;
}

/**
 * Finds out which protocol each connection speaks, and has it served. Over TLS a client says in the handshake (ALPN)
 * whether it speaks HTTP/2. Of any other the first bytes tell: HTTP/2 opens with a preface.
 */
export class Protocols {
  readonly #init: ProtocolsInit;

  constructor(init: ProtocolsInit) {
    this.#init = init;
  }

  /** Serves a connection in cleartext. */
  serve(accepted: Socket): void {
    this.#serveBySniffing(accepted, accepted);
  }

  /** Serves a connection over TLS. */
  serveOverTls(accepted: Socket, tls: TlsServer): void {
    this.#sniff(accepted, readHello, (found) => {
      if (found === "not TLS") {
        refuseCleartext(accepted);
        return;
      }
      tls.serve(accepted, (secure) => {
        if (typeof secure.alpnProtocol === "string") {
          this.#serveWith(secure.alpnProtocol === "h2", accepted, secure);
        } else {
          this.#serveBySniffing(accepted, secure);
        }
      });
    });
  }

  #serveBySniffing(accepted: Socket, socket: Socket): void {
    this.#sniff(socket, isHttp2, (is2) => this.#serveWith(is2, accepted, socket));
  }

  #sniff<T>(socket: Socket, judge: (bytes: Buffer) => T | undefined, decide: (verdict: T) => void): void {
    const { limits, onRefusal } = this.#init;
    sniff(socket, { judge, decide, timeoutMs: limits.headersMs, onTimeout: () => onRefusal("headersMs") });
  }

  #serveWith(isHttp2: boolean, accepted: Socket, socket: Socket): void {
    this.#init.onServed(accepted, socket);
    (isHttp2 ? this.#init.http2 : this.#init.http1).serve(socket);
  }
}
