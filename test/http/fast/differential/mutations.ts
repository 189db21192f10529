import type { Random } from "../../../support/random.ts";

/** A request before it is written. Every part is written as it stands here, valid or not. */
export interface Draft {
  method: string;
  target: string;
  version: string;
  /** What stands between method, target and version. */
  space: string;
  /** What stands before the request line. */
  before: string;
  headers: HeaderLine[];
  /** What ends the head, behind the last header. */
  endOfHead: string;
  body: string;
}

/** One header, as it is written. */
export interface HeaderLine {
  name: string;
  /** From the name to the value. */
  colon: string;
  value: string;
  end: string;
}

/** A header as most clients write it. */
export function header(name: string, value: string): HeaderLine {
  return { name, colon: ": ", value, end: "\r\n" };
}

/** Turns a valid request into one that is unusual, ambiguous or wrong in one way. */
export type Mutation = (draft: Draft, random: Random) => void;

// biome-ignore format: one value a line would hide the rest
const METHODS = [
  "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI", "QUERY", "get", "GETT", "G\0T", "",
];
// biome-ignore format: one value a line would hide the rest
const TARGETS = [
  "*", "/*", "//", "//x/y", "/%00", "/%", "/a%2fb", "/../..", "/?", "/?a=b&c", "/a#b", "a", "", "?a", ":80", "x:80",
  "http://x/", "http://x", "http:///a", "https://y:443/a?b", "HTTP://x/", "http://u@x/a", "ftp://x/",
  "http://[::1]/", "/a b", "/a\tb", "/\x7f", "/\x80", "/\xff", "/\0", "/\x01", "/\r", "/\n", '/"<>\\^`{|}',
  `/${"a".repeat(9000)}`, `/${"b".repeat(17_000)}`,
];
// biome-ignore format: one value a line would hide the rest
const VERSIONS = [
  "HTTP/1.0", "HTTP/1.2", "HTTP/0.9", "HTTP/2.0", "HTTP/1.10", "HTTP/1.", "HTTP/1", "HTTP/01.1", "HTTP/1.1 ",
  "HTTP/1.1\t", "http/1.1", "HTTPS/1.1", "HTTP /1.1", "ICE/1.0", "RTSP/1.0", "",
];
// biome-ignore format: one value a line would hide the rest
const NAMES = [
  "X Y", " X", "X ", "X\t", "", "X\0", "X\x7f", "X\xe9", "X\r", "X\n", "X;Y", "X(Y)", "X/Y", "X[Y]", '"X"', "X@Y",
  "X\\", "constructor", "__proto__", "toString", "hasOwnProperty", "_", "|", "~", "!#$%&'*+.^`", ":path",
  "a".repeat(300),
];
// biome-ignore format: one value a line would hide the rest
const VALUES = [
  "", " ", "\t", " a", "a ", "a\t", "\ta\t b ", "a, b", "a;b", '"a', "a:b", "\0", "a\0b", "\x01", "\x0b", "\x0c",
  "\x1f", "\x7f", "\x80", "\xa0", "\xe9", "\xff", "a\rb", "a\nb", "a\r\n b", "a\r\n\tb", "a\r\r\n b", "\r\n b",
  "\n b", "a\r\nb", "a\r\nX: y", "a\nX: y", "a\rX: y", "x".repeat(8100), "x".repeat(9000), "x".repeat(17_000),
];
// biome-ignore format: one value a line would hide the rest
const LENGTHS = [
  "+3", "-1", "-0", "0x3", "03", "3.0", "1e1", " 3", "3 ", "\t3\t", "3, 3", "3,3", "3, 4", "3;", "3 3", "", " ",
  "a", "\0", "3\0", "0", "1", "2", "4", "60", "262143", "262144", "262145", "999999999", "1000000000", "4294967299",
  "9007199254740993", "18446744073709551615", "18446744073709551619", "99999999999999999999999", "\xb3", "\xd9\xa3",
];
// biome-ignore format: one value a line would hide the rest
const CODINGS = [
  "chunked", "Chunked", "CHUNKED", " chunked", "chunked ", "\tchunked", "chunked,", ",chunked", "chunked;a=b",
  '"chunked"', "identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "identity, chunked",
  "chunked, identity", "xchunked", "chunkedx", "chun\0ked", "chunked\0", "chunked\x0b", "", "x\r\n chunked",
];
// biome-ignore format: one value a line would hide the rest
const CHUNKED_BODIES = [
  "0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "A\r\n0123456789\r\n0\r\n\r\n",
  "a\r\n0123456789\r\n0\r\n\r\n", "3;x=y\r\nabc\r\n0;z\r\n\r\n", '3;x="\r\n"\r\nabc\r\n0\r\n\r\n',
  `3;${"x".repeat(17_000)}\r\nabc\r\n0\r\n\r\n`, "3\r\nabc\r\n0\r\nX: y\r\n\r\n", "0\r\nContent-Length: 3\r\n\r\n",
  "0\r\nX: y\n\n", "0\r\nX y\r\n\r\n", "3\nabc\n0\n\n", "3\r\nabc0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
  "03\r\nabc\r\n00\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n", "+3\r\nabc\r\n0\r\n\r\n",
  "-3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "g\r\n\r\n", "\r\n", "", "3\r\nab", "3", "0\r\n", "3\r\nabc",
  "ffffffffffffffff\r\nabc", "10000000000000003\r\nabc\r\n0\r\n\r\n", "40000\r\nabc", "40001\r\nabc", "40001\r\n",
  "040001;x\r\nabc", "40001\nabc", "3\r\nabc\r\n40000\r\na", "3\r\nabcd\r\n40000\r\na", "0\r\n\r\n40001\r\nabc",
];
// biome-ignore format: one value a line would hide the rest
const CONNECTIONS = [
  "close", "Close", "keep-alive", "Keep-Alive", "KEEP-ALIVE ", "keep-alive, close", "close, keep-alive",
  "keep-alive,", "upgrade", "Upgrade", "keep-alive, Upgrade", "Upgrade, HTTP2-Settings", "TE", "X", "close;a", "", "host", "content-length",
  "keep-alive\0", "transfer-encoding",
];
// biome-ignore format: one value a line would hide the rest
const HOSTS = [
  "", " ", "x:80", "x:", "x:y", "x y", "x, y", "[::1]", "[", "x/y", "u@x", "\0", "\xe9", "x".repeat(300), "x\r\n y",
];
const EXPECTATIONS = ["100-continue", "100-Continue", "100-continue, x", "200-ok", "", " "];
const UPGRADES = ["h2c", "websocket", "HTTP/2.0", "TLS/1.0", ""];
const LINE_ENDS = ["\n", "\r", "\r\r\n", "\n\r\n", "\r\n\r\n", " \r\n", "", "\r\n ", "\0\r\n", "\x0b\r\n"];
const SPACES = ["  ", "\t", "", " \t", "\r", "\n", "\x0b", "\0", "\xa0"];
// biome-ignore format: one value a line would hide the rest
const BEGINNINGS = [
  "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", "\xef\xbb\xbf", "PRI ", "PRI * HTTP/2.0\r\n\r\n", "\r\n ",
  "\x16\x03\x01",
];
// biome-ignore format: one value a line would hide the rest
const ENDS_OF_HEAD = [
  "", "\n", "\r", "\n\n", "\r\r\n", " \r\n", "\r\n\r\n", "\n\r\n", "X\r\n\r\n", ":\r\n\r\n", ": x\r\n\r\n", "\r\n ",
];
// biome-ignore format: one value a line would hide the rest
const HOP_BY_HOP = [
  "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Via", "HTTP2-Settings", "Content-Encoding", "Set-Cookie",
];
/** Headers whose meaning Node knows: it keeps the first where they come twice, or joins them, each in its way. */
// biome-ignore format: one value a line would hide the rest
const KNOWN = [
  "Cookie", "Content-Type", "Origin", "Authorization", "User-Agent", "X-Admin-Token", "Accept", "Date", "Age",
];

/** The ways in which requests are made unusual. Those that are about where a request ends are named several times. */
const MUTATIONS: readonly Mutation[] = [
  (draft, random) => {
    draft.method = random.pick(METHODS);
  },
  (draft, random) => {
    draft.target = random.pick(TARGETS);
  },
  (draft, random) => {
    draft.version = random.pick(VERSIONS);
  },
  (draft, random) => {
    draft.space = random.pick(SPACES);
  },
  (draft, random) => {
    draft.before = random.pick(BEGINNINGS);
  },
  (draft, random) => {
    draft.endOfHead = random.pick(ENDS_OF_HEAD);
  },
  (draft, random) => insert(draft, random, header(random.pick(NAMES), "a")),
  (draft, random) => insert(draft, random, header("X", random.pick(VALUES))),
  (draft, random) => {
    anyHeader(draft, random).value = random.pick(VALUES);
  },
  (draft, random) => {
    anyHeader(draft, random).colon = random.pick([":", " :", "\t:", ":\t", ":\r\n ", " ", "", "::", ":\0", "\r\n:"]);
  },
  (draft, random) => {
    anyHeader(draft, random).end = random.pick(LINE_ENDS);
  },
  (draft, random) => {
    const one = anyHeader(draft, random);
    one.name = random.pick([
      one.name.toLowerCase(),
      one.name.toUpperCase(),
      `${one.name} `,
      ` ${one.name}`,
      `${one.name}\t`,
    ]);
  },
  (draft, random) => insert(draft, random, { ...anyHeader(draft, random) }),
  (draft, random) => {
    draft.headers.splice(random.below(draft.headers.length), 1);
  },
  (draft) => {
    const ends = [...draft.headers];
    for (const one of ends) {
      one.end = "\n";
    }
  },
  (draft, random) => insert(draft, random, header("Host", random.pick(HOSTS))),
  (draft, random) => {
    draft.headers = draft.headers.filter(({ name }) => name !== "Host");
    insert(draft, random, header("Host", random.pick(HOSTS)));
  },
  ...Array<Mutation>(3).fill((draft, random) => {
    insert(draft, random, header("Content-Length", random.pick(LENGTHS)));
  }),
  ...Array<Mutation>(3).fill((draft, random) => {
    draft.headers = draft.headers.filter(({ name }) => name !== "Content-Length");
    insert(draft, random, header("Content-Length", random.pick(LENGTHS)));
  }),
  (draft, random) => {
    draft.method = "POST";
    draft.headers = draft.headers.filter(({ name }) => name !== "Content-Length" || random.chance(0.5));
  },
  ...Array<Mutation>(3).fill((draft, random) => {
    draft.headers = draft.headers.filter(({ name }) => name !== "Content-Length" || random.chance(0.2));
    insert(draft, random, header("Transfer-Encoding", random.chance(0.6) ? "chunked" : random.pick(CODINGS)));
    draft.body = random.pick(CHUNKED_BODIES);
  }),
  (draft, random) => insert(draft, random, header("Transfer-Encoding", random.pick(CODINGS))),
  (draft, random) => insert(draft, random, header("Connection", random.pick(CONNECTIONS))),
  (draft, random) => insert(draft, random, header("Connection", random.pick(CONNECTIONS))),
  (draft, random) => {
    insert(draft, random, header("Upgrade", random.pick(UPGRADES)));
    if (random.chance(0.7)) {
      insert(draft, random, header("Connection", "Upgrade"));
    }
  },
  (draft, random) => {
    draft.headers.push(header("Upgrade", "h2c"), header("Connection", "Upgrade, HTTP2-Settings"));
    draft.headers.push(header("HTTP2-Settings", random.pick(["AAMAAABkAAQAAP__", "AAA", ""])));
  },
  (draft, random) => insert(draft, random, header("Proxy-Connection", random.pick(CONNECTIONS))),
  (draft, random) => {
    draft.version = "HTTP/1.0";
    if (random.chance(0.5)) {
      insert(draft, random, header("Connection", random.pick(CONNECTIONS)));
    }
  },
  (draft, random) => insert(draft, random, header("Expect", "100-continue")),
  (draft, random) => insert(draft, random, header("Expect", random.pick(EXPECTATIONS))),
  (draft, random) =>
    insert(draft, random, header(random.pick(HOP_BY_HOP), random.pick(["", "a", "trailers", "timeout=5", "100"]))),
  (draft, random) => insert(draft, random, header(random.pick(KNOWN), random.pick(VALUES))),
  (draft, random) => {
    draft.body += random.pick(["a", "\r\n", "\0", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"]);
  },
  (draft) => {
    draft.body = draft.body.slice(1);
  },
  (draft, random) => {
    const count = random.pick([20, 100, 300, 1200]);
    draft.headers.push(...Array.from({ length: count }, (_, i) => header(`H${i}`, "")));
  },
];

/** Applies a random mutation. */
export function mutate(draft: Draft, random: Random): void {
  random.pick(MUTATIONS)(draft, random);
}

function insert({ headers }: Draft, random: Random, line: HeaderLine): void {
  headers.splice(random.below(headers.length + 1), 0, line);
}

function anyHeader(draft: Draft, random: Random): HeaderLine {
  if (draft.headers.length === 0) {
    draft.headers.push(header("Host", "x"));
  }
  return random.pick(draft.headers);
}
