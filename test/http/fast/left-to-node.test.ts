import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { readRequest as readWithin } from "#src/http/fast/request.ts";
import type { Answer } from "#src/http/message.ts";
import { DEFAULT_LIMITS } from "../../support/limits.ts";
import { echo, GET, POST, start, stopAll, text, Wire } from "../support.ts";

afterEach(stopAll);

function readRequest(bytes: Buffer) {
  return readWithin(bytes, DEFAULT_LIMITS, () => Number.POSITIVE_INFINITY);
}

/** A header that only Node's server would be given: on the fast path it makes the connection Node's. */
const LEFT_TO_NODE = "DELETE /d HTTP/1.1\r\nHost: x\r\n\r\n";

describe("what is not in the one form", () => {
  test.each([
    ["a method that only Node serves", "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["another version", "GET / HTTP/1.0\r\nHost: x\r\n\r\n"],
    ["a body in chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [
      "a length beside chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"],
    ["a list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n"],
    ["a length with a sign", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n"],
    ["no length", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["OPTIONS with a body", "OPTIONS / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"],
    ["a GET with a body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a line that goes on", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"],
    ["lines that end without a return", "GET / HTTP/1.1\nHost: x\n\n\r\n\r\n"],
    ["a return inside of a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n"],
    ["a control character", "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n"],
    ["letters that are not ASCII", "GET / HTTP/1.1\r\nHost: x\r\nA: \xe9\r\n\r\n"],
    ["no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"],
    ["a connection to be closed", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n"],
    ["an expectation", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"],
    ["a wish about the connection for a proxy", "GET / HTTP/1.1\r\nHost: x\r\nProxy-Connection: close\r\n\r\n"],
    ["a cookie to be set", "GET / HTTP/1.1\r\nHost: x\r\nSet-Cookie: a=b\r\n\r\n"],
    ["a whole URL as the target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["an asterisk as the target", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a name that every object has", "GET / HTTP/1.1\r\nHost: x\r\nconstructor: y\r\n\r\n"],
    ["rubbish", "\r\n\r\nrubbish\r\n\r\n"],
  ])("is left to Node: %s", (_, bytes) => {
    expect(readRequest(Buffer.from(bytes, "latin1"))).toBeUndefined();
  });

  test("makes the connection Node's, after the answers to what came before it", async () => {
    const first = Promise.withResolvers<Answer>();
    const { port, leftToNode } = await start((request) => (request.method === "POST" ? first.promise : echo(request)));
    const wire = new Wire(port);
    await wire.send(POST + LEFT_TO_NODE + GET);
    await setImmediate();
    first.resolve(text("the first one"));
    await wire.sees(/the first one[\s\S]*DELETE \/d [\s\S]*GET \/a $/);
    expect(leftToNode).toHaveLength(1);
    // That of the path that serves it now.
    expect(leftToNode[0]?.listenerCount("error")).toBe(1);
    wire.socket.destroy();
  });

  test("is answered by Node with its error, and can't be made to hide a request in another's body", async () => {
    const asked: unknown[] = [];
    const { port } = await start(async ({ url }) => {
      asked.push(url);
      return text("ok");
    });
    const wire = new Wire(port);
    const hidden = "POST /hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    await wire.send(`${GET}POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n${hidden}`);
    await wire.sees(/ok[\s\S]*400 Bad Request/);
    await wire.closed;
    expect(asked).toEqual(["/a"]);
  });

  test("reading whatever comes, the form is only that of what is read as what it was written from", () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(
        fc.dictionary(token, value, { maxKeys: 5 }),
        fc.stringMatching(/^\/[!-~]{0,30}$/),
        fc.uint8Array({ maxLength: 50 }),
        fc.uint8Array({ maxLength: 5 }),
        (given, url, body, rest) => {
          const headers = { ...given, host: "x", "content-length": `${body.length}` };
          const lines = Object.entries(headers).map(([name, text]) => `${name.toUpperCase()}: \t${text} \r\n`);
          const head = `POST ${url} HTTP/1.1\r\n${lines.join("")}\r\n`;
          const read = readRequest(Buffer.concat([Buffer.from(head), body, rest]));
          if (typeof read === "object" && read.body !== undefined) {
            expect({ ...read, body: Uint8Array.from(read.body) }).toEqual({
              method: "POST",
              url,
              httpVersionMajor: 1,
              headers,
              body,
              length: head.length + body.length,
            });
          } else {
            const special = ["connection", "upgrade", "trailer", "expect", "transfer-encoding", "proxy-connection"];
            expect(Object.keys(given).some((name) => name in {} || special.includes(name))).toBe(true);
          }
        },
      ),
    );
  });

  test("and every part of a request in the form is unfinished, or Node's", () => {
    for (let length = 0; length < POST.length; length++) {
      const read = readRequest(Buffer.from(POST.slice(0, length)));
      // Of a line that tells the length, Node's server reads each byte as it comes.
      const isLeft = length < "POST /".length || /\r\nContent-Length:[^\n]*$/.test(POST.slice(0, length));
      const headMissing = isLeft ? undefined : "head missing";
      expect(read).toBe(length < POST.length - 3 ? headMissing : "body missing");
    }
  });
});
