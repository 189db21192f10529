import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAllowedOrigin, parseAllowedOrigin, problemOfOrigin } from "#src/domain/origins.ts";

function allows(entry: string, origin: string): boolean {
  const parsed = parseAllowedOrigin(entry);
  expect(parsed, `${entry} is a valid entry`).toBeDefined();
  return parsed !== undefined && isAllowedOrigin([parsed], origin);
}

describe("an origin as an entry", () => {
  test.each([
    ["https://app.example.com", "https://app.example.com"],
    ["https://app.example.com:443", "https://app.example.com"],
    ["http://app.example.com:80", "http://app.example.com"],
    ["https://app.example.com:80", "https://app.example.com:80"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["HTTPS://App.Example.COM", "https://app.example.com"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://xn--bcher-kva.example", "https://xn--bcher-kva.example"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]"],
    ["capacitor://localhost", "capacitor://localhost"],
    ["chrome-extension://gighmmpiobklfepjocnamgkkbiglidom", "chrome-extension://gighmmpiobklfepjocnamgkkbiglidom"],
  ])("%s allows %s", (entry, origin) => {
    expect(allows(entry, origin)).toBe(true);
  });

  test.each([
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://example.com",
    "https://www.app.example.com",
    "https://app.example.com.evil.io",
    "capacitor://app.example.com",
  ])("https://app.example.com does not allow %s", (origin) => {
    expect(allows("https://app.example.com", origin)).toBe(false);
  });
});

describe("a host as an entry", () => {
  test.each([
    ["example.com", "https://example.com"],
    ["example.com", "http://example.com:8080"],
    ["EXAMPLE.com", "https://example.com"],
    ["bücher.example", "https://xn--bcher-kva.example"],
    ["BÜCHER.example", "https://xn--bcher-kva.example"],
    ["localhost", "http://localhost:5173"],
    ["localhost", "capacitor://localhost"],
    ["localhost", "ionic://localhost"],
    ["127.0.0.1", "http://127.0.0.1:3000"],
    ["[::1]", "http://[::1]:3000"],
    ["my_app.example.com", "https://my_app.example.com"],
  ])("%s allows %s", (entry, origin) => {
    expect(allows(entry, origin)).toBe(true);
  });

  test.each([
    "https://www.example.com",
    "https://evilexample.com",
    "https://example.com.evil.io",
    "https://example.co",
  ])("example.com does not allow %s", (origin) => {
    expect(allows("example.com", origin)).toBe(false);
  });
});

describe("*.example.com as an entry", () => {
  test.each([
    ["*.example.com", "https://www.example.com"],
    ["*.example.com", "http://a.b.c.example.com:8080"],
    ["*.EXAMPLE.com", "https://www.example.com"],
    ["*.bücher.example", "https://www.xn--bcher-kva.example"],
    ["*.localhost", "http://app.localhost:3000"],
    ["*.app.localhost", "http://x.app.localhost"],
  ])("%s allows %s", (entry, origin) => {
    expect(allows(entry, origin)).toBe(true);
  });

  test.each([
    "https://example.com",
    "https://evilexample.com",
    "https://www.example.com.evil.io",
    "https://www-example.com",
    "https://.example.com",
    "https://a..example.com",
    "https://*.example.com",
  ])("does not allow %s", (origin) => {
    expect(allows("*.example.com", origin)).toBe(false);
  });
});

describe("null as an entry", () => {
  test("allows pages that hide their origin, and no others", () => {
    expect(allows("null", "null")).toBe(true);
    for (const origin of ["https://null", "http://null:8080", "NULL", "https://example.com", ""]) {
      expect(allows("null", origin)).toBe(false);
    }
  });

  test("is not implied by any other", () => {
    for (const entry of ["https://null", "*.null.example", "example.com", "localhost"]) {
      expect(allows(entry, "null")).toBe(false);
    }
  });
});

describe("an entry that can't be read is told what to write instead", () => {
  test.each([
    ["*", "would let every page on the web call; list the origins, such as https://app.example.com"],
    ["Null", "must be in lower case; write null"],
    ["https://*.example.com", "has a scheme and a wildcard, and a wildcard is for every scheme; write *.example.com"],
    [
      "https://*.example.com:8080/x",
      "has a scheme and a wildcard, and a wildcard is for every scheme; write *.example.com",
    ],
    ["https://*.com", "has a scheme and a wildcard, and a wildcard is for every scheme"],
    ["https://example.com/", "has a path, if only a slash, and origins have none; write https://example.com"],
    [
      "https://example.com:8443/a?b",
      "has a path, if only a slash, and origins have none; write https://example.com:8443",
    ],
    ["example.com/path", "has a path, if only a slash, and origins have none; write example.com"],
    ["https:///", "has a path, if only a slash, and origins have none"],
    ["example.com:8080", "has a port, which needs a scheme; write https://example.com:8080"],
    ["*.com", "is too wide; at least two labels must follow the star, as in *.example.com"],
    ["a b", "must be an origin (https://app.example.com), a host (example.com), *.example.com or null"],
  ])("%s %s", (entry, problem) => {
    expect(parseAllowedOrigin(entry)).toBeUndefined();
    expect(problemOfOrigin(entry)).toBe(problem);
  });

  test("whatever it is, and what it is told to write can be read", () => {
    const parts = fc.array(
      fc.constantFrom("*", ".", "/", ":", "https", "80", "example", "com", "?", "#", "[", "::1", "]", " "),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          parts.map((words) => words.join("")),
        ),
        (entry) => {
          const [, write] = / write (.*)$/s.exec(problemOfOrigin(entry)) ?? [];
          expect(write === undefined || parseAllowedOrigin(write) !== undefined).toBe(true);
        },
      ),
    );
  });
});

describe("an Origin header that is not exactly a serialised origin is refused", () => {
  const entries = [
    "https://example.com",
    "example.com",
    "*.example.com",
    "localhost",
    "evil.io.example.com",
    "127.0.0.1",
  ]
    .map(parseAllowedOrigin)
    .filter((entry) => entry !== undefined);

  test.each([
    "",
    "null",
    "*",
    "example.com",
    "//example.com",
    "://example.com",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "https://",
    "https://:443",
    "https://example.com/",
    "https://example.com/path",
    "https://evil.io/example.com",
    "https://example.com?",
    "https://example.com#",
    "https://example.com@evil.io",
    "https://evil.io@example.com",
    "https://user:pass@example.com",
    "https://evil.io#.example.com",
    "https://evil.io?.example.com",
    "https://evil.io\\.example.com",
    "https://evil.io%2f.example.com",
    "https:\\\\example.com",
    "https://example.com.",
    "https://www.example.com.",
    "https://Example.com",
    "https://EXAMPLE.COM",
    "HTTPS://example.com",
    " https://example.com",
    "https://example.com ",
    "https://example.com\n",
    "https://example.com\0",
    "https://exam\tple.com",
    "https://example.com https://evil.io",
    "https://evil.io https://example.com",
    "https://example.com,https://evil.io",
    "https://example.com evil.io",
    "https://example.com:",
    "https://example.com:443",
    "http://example.com:80",
    "https://example.com:0",
    "https://example.com:0443",
    "https://example.com:65536",
    "https://example.com:8080:8080",
    "https://example.com:80a",
    "https://example。com",
    "https://ｅxample.com",
    "https://example.com\u200b",
    "https://exa\u00admple.com",
    "https://www.ex\u0430mple.com",
    "http://127.1",
    "http://0x7f.0.0.1",
    "http://2130706433",
    "http://[127.0.0.1]",
  ])("%j", (origin) => {
    expect(isAllowedOrigin(entries, origin)).toBe(false);
  });

  test("at any length, at once", () => {
    expect(isAllowedOrigin(entries, `https://${"a.".repeat(500_000)}evil.io`)).toBe(false);
    expect(isAllowedOrigin(entries, `${"a".repeat(1_000_000)}`)).toBe(false);
  });
});

describe("an entry is refused", () => {
  test.each([
    "",
    " ",
    "*",
    "*.",
    "*.com",
    "*.*.com",
    "**.example.com",
    "*example.com",
    "www.*.com",
    "https://*",
    "https://*.example.com",
    "*.example.com:8080",
    "*.127.0.0.1",
    "*.0.1",
    "*.[::1]",
    "example.com:8080",
    "example.com.",
    "*.example.com.",
    ".example.com",
    "example..com",
    "example.com/",
    "example.com/path",
    "bücher.example/path",
    "https://example.com/",
    "https://example.com/path",
    "https://example.com?query",
    "https://example.com#hash",
    "https://bücher.example#hash",
    "https://user@example.com",
    "user@example.com",
    "https://",
    "https://:443",
    "https:example.com",
    "//example.com",
    "1https://example.com",
    "https://example.com:",
    "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:port",
    "https://example.com https://example.org",
    "example.com example.org",
    "example.com,example.org",
    " example.com",
    "example.com ",
    "exam\tple.com",
    "bü\tcher.example",
    "bücher\u00a0.example",
    "bü\u200bcher.example",
    "bücher。example",
    "example.com\\evil.io",
    "%65xample.com",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "256.0.0.1",
    "::1",
    "[::1",
    "[::1]/path",
    "[::1]:8080",
    "[::g]",
    "[fe80::1%eth0]",
    "[]",
    "file://",
  ])("%j", (entry) => {
    expect(parseAllowedOrigin(entry)).toBeUndefined();
  });

  test("or read, and never makes the function throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.domain()), fc.webUrl(), (entry, url) => {
        const parsed = parseAllowedOrigin(entry);
        if (parsed !== undefined) {
          expect([true, false]).toContain(isAllowedOrigin([parsed], new URL(url).origin));
        }
      }),
    );
  });
});

describe("the list", () => {
  test("allows what any of its entries allows, and nothing when it is empty", () => {
    const entries = ["https://one.example", "two.example"]
      .map(parseAllowedOrigin)
      .filter((entry) => entry !== undefined);
    expect(isAllowedOrigin(entries, "https://one.example")).toBe(true);
    expect(isAllowedOrigin(entries, "https://two.example")).toBe(true);
    expect(isAllowedOrigin(entries, "https://three.example")).toBe(false);
    expect(isAllowedOrigin([], "https://one.example")).toBe(false);
  });

  test("decides by the host that the URL parser sees, for any domains and ports", () => {
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(fc.domain(), fc.domain(), fc.constantFrom("http", "https"), port, (domain, other, scheme, number) => {
        const url = new URL(`${scheme}://${domain}${number === undefined ? "" : `:${number}`}`);
        expect(allows(domain, url.origin)).toBe(true);
        expect(allows(url.origin, url.origin)).toBe(true);
        expect(allows(`*.${domain}`, url.origin)).toBe(false);
        expect(allows(`*.${domain}`, url.origin.replace("://", "://sub."))).toBe(true);
        expect(allows(other, url.origin)).toBe(other.toLowerCase() === url.hostname);
        expect(allows(domain, url.origin.replace("://", "://sub."))).toBe(false);
        expect(allows(domain, `${url.origin}.evil.io`)).toBe(false);
      }),
    );
  });
});
