import type { Protocol, Scenario } from "./load/load.ts";

/** Something to measure: a server, as called over one protocol. To add one, add it here. */
export interface Contender {
  readonly name: string;
  /** The program, as a path in the checkout. It says that it listens as streakd's log does. */
  readonly program: "src/main.ts" | `bench/${string}.ts`;
  readonly protocol: Protocol;
  /** What it keeps its data in, and is given the place of: a folder, or MongoDB and Redis. */
  readonly storage?: "folder" | "mongo-redis";
  /** Its further settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** The name of the contender that it is compared with, at the same scenario and connections. */
  readonly base?: string;
  /** The connections to measure each scenario at. */
  readonly scenarios: Partial<Readonly<Record<Scenario, readonly number[]>>>;
}

export const BARE = "bare node:http";
export const BARE_H2 = "bare node:http2, a gRPC frame";
export const ORDINARY = "Fastify + ioredis + mongodb";
export const ORDINARY_EMBEDDED = "Fastify + better-sqlite3";

/** What is asked of whatever speaks REST. */
const ALL: Contender["scenarios"] = {
  unique: [1, 64, 256],
  repeats: [64],
  mix: [64, 256],
  "mix, with tz": [64],
  state: [64],
};
const RPC: Contender["scenarios"] = { unique: [64, 256], mix: [64] };
const GRPC: Contender["scenarios"] = { repeats: [1, 64, 256], state: [64] };

/** Every contender, the bases before those that are compared with them. */
export const CONTENDERS: readonly Contender[] = [
  { name: BARE, program: "bench/bare/http.ts", protocol: "rest", scenarios: ALL },
  { name: BARE_H2, program: "bench/bare/http2.ts", protocol: "grpc", scenarios: GRPC },
  {
    name: ORDINARY_EMBEDDED,
    program: "bench/peers/fastify-sqlite.ts",
    protocol: "rest",
    storage: "folder",
    base: BARE,
    scenarios: ALL,
  },
  ...streakd("embedded", "folder", { rest: BARE, rpc: BARE, grpc: BARE_H2 }),
  {
    name: "streakd embedded, REST, with a rate limit",
    program: "src/main.ts",
    protocol: "rest",
    storage: "folder",
    // Nobody reaches it.
    env: { RATE_LIMIT: "1000000" },
    base: "streakd embedded, REST",
    scenarios: { repeats: [64], state: [64] },
  },
  {
    name: ORDINARY,
    program: "bench/peers/fastify-mongo-redis.ts",
    protocol: "rest",
    storage: "mongo-redis",
    base: BARE,
    scenarios: ALL,
  },
  {
    name: `${ORDINARY}, no transaction`,
    program: "bench/peers/fastify-mongo-redis.ts",
    protocol: "rest",
    storage: "mongo-redis",
    env: { TRANSACTION: "no" },
    base: ORDINARY,
    scenarios: { unique: [64] },
  },
  ...streakd("MongoDB+Redis", "mongo-redis", { rest: ORDINARY, rpc: ORDINARY, grpc: BARE_H2 }),
  {
    name: "streakd MongoDB+Redis, REST, two workers",
    program: "src/main.ts",
    protocol: "rest",
    storage: "mongo-redis",
    env: { WORKERS: "2" },
    base: "streakd MongoDB+Redis, REST",
    scenarios: { state: [64], mix: [64, 256], unique: [64, 256] },
  },
];

/** streakd over each of its protocols. */
function streakd(
  kind: string,
  storage: Contender["storage"] & string,
  bases: { readonly rest: string; readonly rpc: string; readonly grpc: string },
): Contender[] {
  const common = { program: "src/main.ts", storage } as const;
  return [
    {
      ...common,
      name: `streakd ${kind}, REST`,
      protocol: "rest",
      base: bases.rest,
      scenarios: { ...ALL, links: [64] },
    },
    { ...common, name: `streakd ${kind}, Connect JSON`, protocol: "connect-json", base: bases.rpc, scenarios: RPC },
    { ...common, name: `streakd ${kind}, Connect binary`, protocol: "connect-binary", base: bases.rpc, scenarios: RPC },
    { ...common, name: `streakd ${kind}, gRPC`, protocol: "grpc", base: bases.grpc, scenarios: GRPC },
  ];
}
