import { halfClose, hold, pour } from "../acts.ts";
import type { Flood } from "../flood.ts";

/** How many bytes a client that pipelines sends at once. */
const PIPELINE_BYTES = 65_000;

/** A header that the fast path leaves to Node's server. */
const UNUSUAL = "Connection: x\r\n";

const NOTHING = Buffer.alloc(0);

/** Returns a request without a body. */
function request(line: string, headers = ""): string {
  return `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
}

/** Repeats a request as often as it fits into what is sent at once, and at least once. */
function pipelined(text: string): Buffer {
  return Buffer.from(text.repeat(Math.max(1, Math.floor(PIPELINE_BYTES / text.length))), "latin1");
}

/** Sends the same again and again without waiting for answers. */
function pipeline(text: string) {
  return pour(NOTHING, pipelined(text));
}

const event = (body: string, headers = "") =>
  `POST /v1/e HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;

/** Floods of HTTP/1.1 requests. */
export const http1: readonly Flood[] = [
  { name: "1 × pipelined GET /metrics", connections: 1, act: pipeline(request("GET /metrics")) },
  { name: "1 × pipelined GET /metrics, unusual", connections: 1, act: pipeline(request("GET /metrics", UNUSUAL)) },
  { name: "200 × pipelined GET /metrics", connections: 200, act: pipeline(request("GET /metrics")) },
  { name: "200 × pipelined GET /metrics, unusual", connections: 200, act: pipeline(request("GET /metrics", UNUSUAL)) },
  { name: "200 × pipelined GET /healthz, unusual", connections: 200, act: pipeline(request("GET /healthz", UNUSUAL)) },
  { name: "200 × pipelined DELETE /", connections: 200, act: pipeline(request("DELETE /")) },
  { name: "200 × pipelined bad events", connections: 200, act: pipeline(event("{")) },
  { name: "200 × pipelined bad events, unusual", connections: 200, act: pipeline(event("{", UNUSUAL)) },
  {
    name: "200 × pipelined GET /openapi.json, unread",
    connections: 200,
    reads: "nothing",
    act: pipeline(request("GET /openapi.json")),
  },
  {
    name: "200 × pipelined GET /openapi.json, unread, unusual",
    connections: 200,
    reads: "nothing",
    act: pipeline(request("GET /openapi.json", UNUSUAL)),
  },
  {
    name: "1,000 × GET /openapi.json, read a byte at a time",
    connections: 1_000,
    reads: "a byte at a time",
    act: hold(Buffer.from(request("GET /openapi.json").repeat(50))),
  },
  { name: "200 × pipelined HTTP/1.0", connections: 200, act: pipeline("GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n") },
  {
    name: "200 × pipelined Expect: 100-continue",
    connections: 200,
    act: pipeline(event("{}", "Expect: 100-continue\r\n")),
  },
  {
    name: "200 × pipelined wrong admin tokens",
    connections: 200,
    act: pipeline(request("GET /admin/projects", "X-Admin-Token: wrong\r\n")),
  },
  {
    name: "200 × queries of 15 KB",
    connections: 200,
    act: pipeline(request(`GET /v1/state?siteKey=proj_demo&userHash=u&event=${"%41".repeat(5_000)}`)),
  },
  {
    name: "200 × heads of 15 KB",
    connections: 200,
    act: pipeline(request("GET /healthz", `X: ${"x".repeat(15_000)}\r\n`)),
  },
  {
    name: "200 × heads of 3,000 headers",
    connections: 200,
    act: pipeline(request("GET /healthz", Array.from({ length: 3_000 }, (_, i) => `${i}:\r\n`).join(""))),
  },
  {
    name: "200 × heads that never end",
    connections: 200,
    act: pour(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nX: "), Buffer.alloc(16_384, "x")),
  },
  { name: "200 × empty lines", connections: 200, act: pipeline("\r\n") },
  { name: "200 × no HTTP", connections: 200, act: pipeline("\0\x01\x02 no HTTP \xff") },
  {
    name: "200 × pipelined GET /metrics, then half-closed",
    connections: 200,
    act: halfClose(pipelined(request("GET /metrics", UNUSUAL))),
  },
];
