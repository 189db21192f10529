import { once } from "node:events";
import { connect } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { type GeneratedFixture, generateFixture } from "../rest/fixture/generate.ts";
import { ROOT, startRpc } from "./support.ts";

let fixture: GeneratedFixture;

beforeAll(async () => {
  fixture = await generateFixture();
}, 60_000);

afterAll(() => fixture.remove());

type Item = { title?: string; count?: number; book?: { title: string }; imported?: number };

const handlers = {
  async putBook({ book }: Item) {
    return { book };
  },
  async importBooks(books: AsyncIterable<Item>) {
    return { imported: (await Array.fromAsync(books)).length };
  },
  async *exportBooks({ count = 0 }: Item) {
    for (let number = 0; number < count; number++) {
      yield { book: { title: `${number}` } };
    }
  },
};

async function serve() {
  const unused = Object.fromEntries(
    ["findBooks", "readCard", "stampCard", "countBooks", "lendBooks"].map((name) => [name, async () => ({})]),
  );
  const all = { ...unused, ...handlers } as unknown as Handlers<typeof fixture.service>;
  return startRpc(methodsOf(fixture.service, all, fixture.contracts));
}

function methodNamed(name: string) {
  return fixture.service.methods.find((method) => method.name === name) ?? expect.unreachable();
}

function messageOf(name: string, request: object): Buffer {
  const { input } = methodNamed(name);
  return closeEnvelope(toBinary(input, create(input, request as never)));
}

interface Seen {
  readonly status: number;
  readonly type: string | null;
  /** The messages of the answer. */
  readonly messages: unknown[];
  /** The lines of the last frame. */
  readonly trailers: string;
}

/** Decodes as a browser does: groups of four characters, each perhaps padded. */
function decode(text: string): Buffer {
  return Buffer.concat((text.match(/.{4}/g) ?? []).map((group) => Buffer.from(group, "base64")));
}

async function send(url: string, name: string, body: string, type = "application/grpc-web-text"): Promise<Seen> {
  const headers = { ...ROOT, "Content-Type": type, Accept: type };
  const response = await fetch(`${url}/fixture.v1.LibraryService/${name}`, { method: "POST", headers, body });
  const messages: unknown[] = [];
  let trailers = "";
  const bytes = decode(await response.text());
  for (let start = 0; start < bytes.length; ) {
    const end = start + 5 + bytes.readUInt32BE(start + 1);
    const frame = bytes.subarray(start + 5, end);
    if (bytes[start] === 0x80) {
      trailers = `${frame}`;
    } else {
      messages.push(
        type.endsWith("json") ? JSON.parse(`${frame}`) : fromBinary(methodNamed(name).output, new Uint8Array(frame)),
      );
    }
    start = end;
  }
  return { status: response.status, type: response.headers.get("content-type"), messages, trailers };
}

describe.each(["application/grpc-web-text", "application/grpc-web-text+proto"])("%s", (type) => {
  test("calls a unary method", async () => {
    const { url, counted } = await serve();
    const body = messageOf("PutBook", { book: { title: "Emma" } }).toString("base64");
    const { status, messages, trailers, ...answer } = await send(url, "PutBook", body, type);
    expect([status, answer.type]).toEqual([200, "application/grpc-web-text+proto"]);
    expect(messages).toMatchObject([{ book: { title: "Emma" } }]);
    expect(trailers).toContain("grpc-status: 0");
    expect(counted).toEqual(["grpc-web putBook OK"]);
  });

  test("reads a stream", async () => {
    const { url } = await serve();
    const body = messageOf("ExportBooks", { shelf: "s", count: 3 }).toString("base64");
    const { messages, trailers } = await send(url, "ExportBooks", body, type);
    expect(messages).toMatchObject(["0", "1", "2"].map((title) => ({ book: { title } })));
    expect(trailers).toContain("grpc-status: 0");
  });

  test("sends several messages, each encoded for itself", async () => {
    const { url } = await serve();
    const body = ["A", "Be", "Sea"].map((title) => messageOf("ImportBooks", { book: { title } }).toString("base64"));
    expect(body.some((part) => part.endsWith("="))).toBe(true);
    expect(await send(url, "ImportBooks", body.join(""), type)).toMatchObject({ messages: [{ imported: 3 }] });
  });
});

test("messages may be JSON", async () => {
  const { url } = await serve();
  const body = closeEnvelope(Buffer.from('{"book":{"title":"Emma"}}')).toString("base64");
  const { type, messages } = await send(url, "PutBook", body, "application/grpc-web-text+json");
  expect([type, messages]).toMatchObject(["application/grpc-web-text+json", [{ book: { title: "Emma" } }]]);
});

test("the text may be cut anywhere", async () => {
  const { port } = await serve();
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const head = ["POST /fixture.v1.LibraryService/ImportBooks HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"];
  const headers = [...head, "Content-Type: application/grpc-web-text", "X-Admin-Token: secret", "Connection: close"];
  socket.write(`${headers.join("\r\n")}\r\n\r\n`);
  for (const character of messageOf("ImportBooks", { book: { title: "Emma" } }).toString("base64")) {
    await new Promise((resolve) => socket.write(`1\r\n${character}\r\n`, resolve));
  }
  socket.write("0\r\n\r\n");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "end");
  expect(`${Buffer.concat(chunks)}`).toContain(closeEnvelope(Buffer.from([8, 1])).toString("base64"));
});

test.each([
  ["PutBook", "has letters of no base64", (body: string) => `!${body.slice(1)}`, "INVALID_BODY"],
  ["PutBook", "is cut off", (body: string) => body.slice(0, -1), "INVALID_BODY"],
  ["PutBook", "has padding inside a group", (body: string) => `=${body.slice(1)}`, "INVALID_BODY"],
  ["PutBook", "is too large", () => Buffer.alloc(1024 * 1024 + 100).toString("base64"), "BODY_TOO_LARGE"],
  ["PutBook", "is far too large", () => Buffer.alloc(9 * 1024 * 1024).toString("base64"), "BODY_TOO_LARGE"],
  ["ImportBooks", "has letters of no base64", (body: string) => `!${body.slice(1)}`, "INVALID_BODY"],
  ["ImportBooks", "is cut off", (body: string) => body.slice(0, -1), "INVALID_BODY"],
])("a call of %s whose text %s is refused", async (name, _, made, code) => {
  const { url, counted, errors } = await serve();
  const { status, trailers } = await send(
    url,
    name,
    made(messageOf(name, { book: { title: "Emma" } }).toString("base64")),
  );
  expect(status).toBe(200);
  expect(trailers).toMatch(code === "INVALID_BODY" ? /grpc-status: 3/ : /grpc-status: 8/);
  expect(counted).toEqual([expect.stringContaining(code)]);
  expect(errors).toEqual([]);
});
