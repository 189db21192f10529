import { drip, halfClose, hold, leaveWhenAnswered, reset } from "../acts.ts";
import type { Flood } from "../flood.ts";
import { preface } from "../frames.ts";

const NOTHING = Buffer.alloc(0);
const UNFINISHED_HEAD = Buffer.from("GET /v1/state HTTP/1.1\r\nHost: x\r\nX: ");

/** Floods of connections that ask for little or nothing. */
export const connections: readonly Flood[] = [
  { name: "5,000 connections that say nothing", connections: 5_000, act: hold(NOTHING) },
  { name: "connections that are reset at once", connections: 200, act: reset(NOTHING) },
  { name: "connections that are reset within a request", connections: 200, act: reset(UNFINISHED_HEAD) },
  { name: "connections that half-close without a request", connections: 200, act: halfClose(NOTHING) },
  {
    name: "2,000 slow heads, a byte each second",
    connections: 2_000,
    act: drip(UNFINISHED_HEAD, Buffer.from("x"), 1_000),
  },
  {
    name: "HTTP/2: 3,000 connections a second, opened and closed",
    connections: 500,
    openedPerSecond: 3_000,
    act: leaveWhenAnswered(preface()),
  },
  { name: "HTTP/2: 5,000 connections that ask nothing", connections: 5_000, act: hold(preface()) },
  { name: "HTTP/2: connections that are reset in the preface", connections: 200, act: reset(preface()) },
];
