import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, type Message } from "@bufbuild/protobuf";
import { onTestFinished } from "vitest";
import { checks, routes } from "#gen/rest.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { GetStateResponseSchema, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { withChecks } from "#src/call/check.ts";
import { StreakdError } from "#src/errors.ts";
import { sendError } from "#src/http/answer.ts";
import { createRestBridge, type RestBridge } from "#src/rest/bridge.ts";
import { unauthorized } from "#src/rest/route.ts";

/** A bridge with its server, before services that note what they are asked. */
export interface BridgeServer {
  readonly url: string;
  readonly port: number;
  /** Every request that came through to a service, in order. */
  readonly seen: Message[];
  /** What was reported as internal. */
  readonly errors: unknown[];
  /** Sends a JSON body to `POST /v1/e`; a string is sent as it is. */
  record(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Any request; the body of the answer is read as JSON where it is JSON. */
  ask(method: string, path: string, init?: RequestInit): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it freely, and fail where it is not what they expect
  readonly json: any;
}

/** An event that is right, to be bent. */
export const EVENT = { siteKey: "p", userHash: "u", event: "like" };

/** The header of an admin. */
export const ADMIN = { "X-Admin-Token": "secret" };

/** Starts a bridge for streakd's own services on a free port. `act` replaces what a service answers. */
export async function startBridge(act: () => unknown = () => undefined): Promise<BridgeServer> {
  const seen: Message[] = [];
  const errors: unknown[] = [];
  const note = (answer: (request: never) => unknown) => (request: Message) => {
    seen.push(request);
    return act() ?? answer(request as never);
  };
  const streak = {
    recordEvent: note(() => ({ ok: true })),
    getState: note(() =>
      create(GetStateResponseSchema, { meta: { apiVersion: "1" }, streak: { mode: 1, current: 5 } }),
    ),
  };
  const project = (request: { project: Project }) => ({ project: request.project });
  const admin = {
    aliasUser: note(() => ({})),
    createProject: note(project),
    listProjects: note(() => ({ projects: [{ siteKey: "a" }] })),
    getProject: note((request: { siteKey: string }) => ({ project: { siteKey: request.siteKey } })),
    updateProject: note(project),
    deleteProject: note(() => ({})),
  };
  const bridge = createRestBridge({
    routes,
    services: {
      [StreakService.typeName]: withChecks(streak, checks["streak.v1.StreakService"]),
      "streak.v1.AdminService": withChecks(admin, checks["streak.v1.AdminService"]),
    },
    refuseAdmin: (headers) => (headers["x-admin-token"] === "secret" ? undefined : unauthorized()),
    onError: (error) => errors.push(error),
    onAnswer: () => {},
  });
  const port = await listen(createServer(handler(bridge)));
  const url = `http://127.0.0.1:${port}`;
  const ask: BridgeServer["ask"] = async (method, path, init) => {
    const response = await fetch(url + path, { method, ...init });
    const bytes = await response.bytes();
    const isJson = response.headers.get("content-type") === "application/json" && bytes.length > 0;
    const json = isJson ? JSON.parse(Buffer.from(bytes).toString()) : undefined;
    return { status: response.status, headers: response.headers, bytes, json };
  };
  const record: BridgeServer["record"] = (body, headers = { "Content-Type": "application/json" }) =>
    ask("POST", "/v1/e", { headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return { url, port, seen, errors, record, ask };
}

/** Serves a bridge over cleartext HTTP/2, and answers its URL. */
export async function listenHttp2(bridge: RestBridge): Promise<string> {
  const server = createHttp2Server((req, res) => handler(bridge)(req, res));
  return `http://127.0.0.1:${await listen(server as unknown as Server)}`;
}

/** Answers what the bridge does not with NOT_FOUND, as the server does. */
export function handler(bridge: RestBridge): (...args: Parameters<RestBridge["handle"]>) => void {
  return (req, res) => {
    if (!bridge.handle(req, res)) {
      sendError(res, new StreakdError("NOT_FOUND", "Nothing is at this path."));
    }
  };
}

/** Listens on a free port until the test is over, and answers the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
