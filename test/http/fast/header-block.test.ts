import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HeaderBlock } from "#src/http/fast/header-block.ts";

/** Any string, and those that are most likely to break out of a line. */
const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\r", "\n", "\0", ":", " ", "\t", "a", "\x7f", "\x80", "č", "\u010a", "\u2028") }),
  fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
);

/** Adds a header; undefined when it can't be sent. */
function blockOf(name: string, value: string | readonly string[]): string | undefined {
  const block = new HeaderBlock(200);
  try {
    block.add(name, value);
  } catch {
    return undefined;
  }
  return `${block}`;
}

describe("a header", () => {
  test("takes up its own line and no other, or is refused, whatever it is made from", () => {
    fc.assert(
      fc.property(anything, anything, (name, value) => {
        const block = blockOf(name, value);
        if (block !== undefined) {
          expect(block).toBe(`HTTP/1.1 200 OK\r\n${name}: ${value}\r\n\r\n`);
          // Neither as UTF-16 nor in the bytes that go to the socket.
          expect(
            Buffer.from(block)
              .toString("latin1")
              .split(/[\r\n]+/),
          ).toHaveLength(3);
          expect(block).toMatch(/^[\t\r\n -~]*$/);
          expect(name).not.toMatch(/[\s:]|^$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("with several values takes up a line for each, or is refused for any of them", () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), (values) => {
        const canBeSent = values.every((value) => blockOf("a", value) !== undefined);
        const lines = values.map((value) => `a: ${value}\r\n`).join("");
        expect(blockOf("a", values)).toBe(canBeSent ? `HTTP/1.1 200 OK\r\n${lines}\r\n` : undefined);
      }),
    );
  });

  test.each([
    ["a line feed", "a\nb"],
    ["a carriage return", "a\rb"],
    ["a null", "a\0b"],
    ["a character whose low byte is a line feed", "a\u010ab"],
    ["letters that are not ASCII", "é"],
  ])("is refused for %s, with an error that names it and hides its value", (_, value) => {
    const block = new HeaderBlock(200);
    expect(() => block.add("X-Name", value)).toThrow(/"X-Name" can't be sent/);
    expect(() => block.add("X-Name", value)).not.toThrow(value);
    expect(`${block}`).toBe("HTTP/1.1 200 OK\r\n\r\n");
  });

  test.each([
    ["usual text", "text/plain; charset=utf-8"],
    ["a tab", "a\tb"],
    ["nothing", ""],
  ])("may be %s", (_, value) => {
    expect(blockOf("content-type", value)).toBe(`HTTP/1.1 200 OK\r\ncontent-type: ${value}\r\n\r\n`);
  });

  test("may be a number, and is left out when it is undefined", () => {
    const block = new HeaderBlock();
    block.add("a", 5);
    block.add("b", undefined);
    expect(`${block}`).toBe("a: 5\r\n\r\n");
  });
});

test("no other file of the fast path makes a line of a head, and one alone writes to the socket", () => {
  const folder = new URL("../../../src/http/fast/", import.meta.url);
  const filesWith = (pattern: RegExp) =>
    readdirSync(folder).filter((file) => pattern.test(readFileSync(new URL(file, folder), "utf8")));
  expect(filesWith(/socket\.(write|end)\(/)).toEqual(["answer.ts"]);
  expect(filesWith(/`[^`]*\$\{(name|value)\}[^`]*\\r\\n/)).toEqual(["header-block.ts"]);
  expect(filesWith(/`HTTP\/1\.1/)).toEqual(["header-block.ts"]);
});
