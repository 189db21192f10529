import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { isStopped, pauseAfter, stopReading } from "#src/http/reading.ts";
import { useCertificates } from "../support/certificates.ts";

const certificates = useCertificates();

const SENT = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 7) % 251));

/** Returns both ends of a connection, the client's first. */
async function connectBoth(isOverTls: boolean): Promise<[Socket, Socket]> {
  const server = isOverTls ? createTlsServer(certificates.made.server) : createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, isOverTls ? "secureConnection" : "connection") as Promise<[Socket]>;
  const client = isOverTls
    ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
    : connectTcp(port, "127.0.0.1");
  client.on("error", () => {});
  const [end] = await accepted;
  server.close();
  return [client, end];
}

describe.each([
  ["in cleartext", false],
  ["over TLS", true],
])("a socket %s", (_, isOverTls) => {
  /** Reads all that a client sends. Does something after each read, and goes on in a later turn. */
  async function readAll(afterRead: (bytes: Buffer, socket: Socket) => void): Promise<Buffer> {
    const [client, socket] = await connectBoth(isOverTls);
    const parts: Buffer[] = [];
    socket.on("data", (bytes: Buffer) => {
      parts.push(Buffer.from(bytes));
      afterRead(bytes, socket);
      void setImmediate().then(() => socket.resume());
    });
    client.end(SENT);
    await once(socket, "end");
    return Buffer.concat(parts);
  }

  test("that is stopped gives all of it when it is resumed", async () => {
    const all = await readAll((_, socket) => stopReading(socket));
    expect(all.equals(SENT)).toBe(true);
  });

  test("that is stopped after Node has read more gives all of it", async () => {
    const all = await readAll((_, socket) => {
      socket.pause();
      void setImmediate().then(() => stopReading(socket));
    });
    expect(all.equals(SENT)).toBe(true);
  });
});

test("a socket that is stopped reads nothing more", async () => {
  const [client, socket] = await connectBoth(false);
  socket.once("data", () => stopReading(socket));
  client.write(SENT);
  await once(socket, "pause");
  const { bytesRead } = socket;
  for (let turn = 0; turn < 20; turn += 1) {
    await setImmediate();
  }
  expect([isStopped(socket), socket.bytesRead]).toEqual([true, bytesRead]);
  client.destroy();
});

test("a socket that is paused after as much as Node reads at a time is stopped", async () => {
  const [client, socket] = await connectBoth(false);
  pauseAfter(Buffer.alloc(1000), socket);
  expect([socket.isPaused(), isStopped(socket)]).toEqual([true, false]);
  pauseAfter(Buffer.alloc(64 * 1024), socket);
  expect([socket.isPaused(), isStopped(socket)]).toEqual([true, true]);
  client.destroy();
});
