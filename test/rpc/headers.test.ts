import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { PlainHeaders } from "#src/rpc/headers.ts";

const given: IncomingHttpHeaders = {
  ":path": "/a",
  origin: "https://page",
  spaced: " two words ",
  empty: "",
  "set-cookie": ["a=1", "b=2"],
};

/** What is asked of headers, each of which may be the first. */
const questions: Record<string, (headers: Headers) => unknown> = {
  "a header": (headers) => headers.get("origin"),
  "a header in other letters": (headers) => headers.get("Origin"),
  "a header that Headers trims": (headers) => headers.get("spaced"),
  "an empty header": (headers) => headers.get("empty"),
  "a header with several values": (headers) => [headers.get("set-cookie"), headers.getSetCookie()],
  "a header that is not there": (headers) => [headers.get("none"), headers.has("none"), headers.get("None")],
  "what every object has": (headers) => [headers.get("constructor"), headers.get("__proto__")],
  "all of them": (headers) => [[...headers], [...headers.keys()], [...headers.values()], [...headers.entries()]],
  "each of them": (headers) => {
    const told: string[] = [];
    headers.forEach((value, name) => {
      told.push(`${name}: ${value}`);
    });
    return told;
  },
  "to change": (headers) => {
    headers.set("origin", "https://other");
    headers.append("origin", "https://third");
    headers.delete("spaced");
    return [...headers, headers.get("origin")];
  },
  "a copy": (headers) => [...new Headers(headers)],
};

test.each(Object.entries(questions))("answer as Headers does when asked for %s", (_, ask) => {
  const headers = new Headers({ origin: "https://page", spaced: " two words ", empty: "" });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  expect(ask(new PlainHeaders(given))).toEqual(ask(headers));
});

test("know nothing of HTTP/2's own", () => {
  expect([...new PlainHeaders({ ":path": "/a" })]).toEqual([]);
  expect(() => new PlainHeaders({ ":path": "/a" }).get(":path")).toThrow(TypeError);
});
