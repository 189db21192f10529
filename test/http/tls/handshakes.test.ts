import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { connect as connectOverTls } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { TurnBudget } from "#src/http/turn-budget.ts";
import { useCertificates } from "../../support/certificates.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { bodyOf, echo, GET, start, stopAll, Wire } from "../support.ts";
import { askTls, connectTls, filesOf, startTls, stopTls } from "./support.ts";

const certificates = useCertificates();

afterEach(() => Promise.all([stopTls(), stopAll()]));

const LAST_GET = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");

/** What a client sends first, recorded from a real one. */
async function recordHello(): Promise<Buffer> {
  const sent: Buffer[] = [];
  const wire = new Duplex({
    read() {},
    write(chunk, _, done) {
      sent.push(chunk);
      done();
    },
  });
  const client = connectOverTls({ socket: wire, rejectUnauthorized: false });
  client.on("error", () => {});
  await waitUntil(() => sent.length > 0);
  client.destroy();
  return Buffer.concat(sent);
}

/** Whether a record of the handshake has come back. */
function isServerHello(received: string): boolean {
  return received.charCodeAt(0) === 22;
}

test.each([
  ["HTTP/1.1", ["http/1.1"], "http/1.1"],
  ["HTTP/1.1, from a client that says nothing", undefined, false],
] as const)("a client is served %s over it", async (_, ALPNProtocols, chosen) => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const { cert } = certificates.made.server;
  const options = { ca: cert, ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }) };
  const socket = await connectTls(port, options);
  expect(socket.alpnProtocol).toBe(chosen);
  socket.destroy();
  expect(await askTls(port, options, LAST_GET)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*GET \/a $/);
});

test("a client that offers HTTP/2 is served HTTP/2", async () => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const session = connectHttp2(`https://localhost:${port}`, { ca: certificates.made.server.cert });
  const stream = session.request({ ":method": "POST", ":path": "/two" });
  stream.end("second");
  expect(await bodyOf(stream)).toBe("POST /two second");
  expect(session.alpnProtocol).toBe("h2");
  session.close();
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("%s is spoken, with a cipher that authenticates", async (version) => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const socket = await connectTls(port, {
    ca: certificates.made.server.cert,
    minVersion: version,
    maxVersion: version,
  });
  expect(socket.getProtocol()).toBe(version);
  expect(socket.getCipher().name).toMatch(/GCM|POLY1305/i);
  socket.destroy();
});

test.each([
  ["TLS 1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
  ["a cipher with CBC", { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" }],
  ["no protocol that is served", { ALPNProtocols: ["ftp"] }],
] as const)("a client that speaks only %s is refused, and that is no error of the server", async (_, options) => {
  const { port, failures, errors } = await startTls(echo, filesOf(certificates.made));
  const { cert } = certificates.made.server;
  await expect(
    connectTls(port, { ca: cert, ...options, ...("ALPNProtocols" in options && { ALPNProtocols: ["ftp"] }) } as never),
  ).rejects.toThrow();
  await waitUntil(() => failures.length === 1);
  expect(errors).toEqual([]);
});

test("a client that speaks cleartext is told to use TLS, and anything else is closed", async () => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const wire = new Wire(port);
  await wire.send(GET);
  await wire.closed;
  expect(wire.received).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*https:\/\//);

  const rubbish = new Wire(port);
  await rubbish.send("\0\0\0\0");
  await rubbish.closed;
  expect(rubbish.received).toBe("");
});

test("a hello that comes in many parts is answered", async () => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const hello = await recordHello();
  const wire = new Wire(port);
  for (const byte of hello) {
    await wire.send(Uint8Array.of(byte));
  }
  await waitUntil(() => isServerHello(wire.received));
  wire.socket.destroy();
});

test("a hello in two records is answered", async () => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const hello = await recordHello();
  const record = (bytes: Buffer) =>
    Buffer.concat([Buffer.from([22, 3, 1, bytes.length >> 8, bytes.length & 255]), bytes]);
  const wire = new Wire(port);
  await wire.send(Buffer.concat([record(hello.subarray(5, 60)), record(hello.subarray(60))]));
  await waitUntil(() => isServerHello(wire.received));
  wire.socket.destroy();
});

test.each([
  ["says nothing", (_: Buffer) => Buffer.alloc(0)],
  ["sends half a hello", (hello: Buffer) => hello.subarray(0, hello.length / 2)],
  ["goes no further than the hello", (hello: Buffer) => hello],
])("a client that %s is closed after the time for headers", async (_, sent) => {
  const { port, refusals, failures, errors, listener } = await startTls(echo, filesOf(certificates.made), {
    headersMs: 50,
  });
  const wire = new Wire(port);
  await wire.send(sent(await recordHello()));
  await wire.closed;
  // Then all that the server learns of the connection has come.
  await listener.close(60_000);
  // Once, and not as a failed handshake too.
  expect({ refusals, failures, errors }).toEqual({ refusals: ["headersMs"], failures: [], errors: [] });
});

test("a client that leaves in the middle of its handshake is no error", async () => {
  const { port, errors } = await startTls(echo, filesOf(certificates.made));
  const hello = await recordHello();
  for (const length of [1, 100, hello.length]) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(hello.subarray(0, length));
    socket.resetAndDestroy();
  }
  expect(await askTls(port, { ca: certificates.made.server.cert }, LAST_GET)).toContain("200 OK");
  expect(errors).toEqual([]);
});

/** Turns that begin when a test says so. */
class HeldTurns extends TurnBudget {
  readonly held: (() => void)[] = [];

  override runRead(work: () => void): void {
    this.held.push(work);
  }
}

/** Resolves when the server has read what was sent to it before. */
async function whenRead(port: number): Promise<void> {
  // What speaks cleartext is answered at once, without a turn.
  const cleartext = new Wire(port);
  await cleartext.send(GET);
  await cleartext.closed;
}

test("hellos that come together are answered one after the other, each in a turn, the newest first", async () => {
  const turns = new HeldTurns();
  const { port } = await startTls(echo, filesOf(certificates.made), {}, turns);
  const hello = await recordHello();
  const wires: Wire[] = [];
  for (let sent = 0; sent < 3; sent++) {
    const wire = new Wire(port);
    await wire.send(hello);
    await whenRead(port);
    wires.push(wire);
  }

  const answered = () => wires.map(({ received }) => isServerHello(received));
  for (const [before, after] of [
    [
      [false, false, false],
      [true, false, false],
    ], // It has its turn since before the others came.
    [
      [true, false, false],
      [true, false, true],
    ],
    [
      [true, false, true],
      [true, true, true],
    ],
  ]) {
    await waitUntil(() => turns.held.length > 0);
    expect([turns.held.length, answered()]).toEqual([1, before]);
    turns.held.pop()?.();
    await waitUntil(() => `${answered()}` === `${after}`);
  }
  for (const { socket } of wires) {
    socket.destroy();
  }
});

test("a connection that is closed while it waits for its handshake takes no turn", async () => {
  const turns = new HeldTurns();
  const { port, refusals } = await startTls(echo, filesOf(certificates.made), { headersMs: 50 }, turns);
  const hello = await recordHello();
  const wires = Array.from({ length: 3 }, () => new Wire(port));
  await Promise.all(wires.map((wire) => wire.send(hello)));
  await Promise.all(wires.map(({ closed }) => closed));
  expect(refusals).toEqual(["headersMs", "headersMs", "headersMs"]);
  expect(turns.held).toHaveLength(1);
  turns.held.pop()?.();
  await new Promise(process.nextTick);
  expect(turns.held).toEqual([]);
});

test("a handshake that is not done does not hold up a shutdown", async () => {
  const { port, listener, errors } = await startTls(echo, filesOf(certificates.made));
  const hello = await recordHello();
  const [half, begun] = [new Wire(port), new Wire(port)];
  await Promise.all([half.send(hello.subarray(0, 9)), begun.send(hello)]);
  await waitUntil(() => isServerHello(begun.received));
  await listener.close(60_000);
  await Promise.all([half.closed, begun.closed]);
  expect(errors).toEqual([]);
});

test("what a client is sent over TLS is what it is sent in cleartext, on one connection after the other", async () => {
  const { port } = await startTls(echo, filesOf(certificates.made));
  const plain = await start(echo);
  const requests = [
    LAST_GET,
    GET + GET.replace("/a", "/b") + LAST_GET,
    `POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc${LAST_GET}`,
    `POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n${LAST_GET}`,
    `POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${"x".repeat(100_000)}${LAST_GET}`,
    "HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "OPTIONS /o HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "rubbish\r\n\r\n",
  ];
  for (const bytes of requests) {
    const socket = connect(plain.port, "127.0.0.1");
    socket.write(bytes);
    const inCleartext = await readText(socket);
    const overTls = await askTls(port, { ca: certificates.made.server.cert }, bytes);
    const fixed = (answer: string) => answer.replace(/(?:Date|X-Request-Id): .*\r\n/g, "");
    expect(fixed(overTls)).toBe(fixed(inCleartext));
    expect(overTls).toMatch(/^HTTP\/1\.1 /);
  }
});
