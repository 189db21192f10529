import { create, type DescService, type Message } from "@bufbuild/protobuf";
import { onTestFinished } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { routes } from "#gen/rest.ts";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { GetStateResponseSchema } from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "#src/call/call.ts";
import { type Handlers, methodsOf } from "#src/call/method.ts";
import { type Served, serveMethods } from "./serve.ts";

export { ADMIN } from "./serve.ts";

/** A bridge with its server, before handlers that note what they are asked. */
export interface BridgeServer extends Served {
  /** Every request that came through to a handler, in order. */
  readonly seen: Message[];
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

const project = (request: { project: Project }) => ({ project: request.project });

/** What handlers return, by the method's local name; every other method returns an empty response. */
const RESPONSES: Readonly<Record<string, (request: never) => unknown>> = {
  recordEvent: () => ({ ok: true }),
  getState: () => create(GetStateResponseSchema, { meta: { apiVersion: "1" }, streak: { mode: 1, current: 5 } }),
  createProject: project,
  listProjects: () => ({ projects: [{ siteKey: "a" }] }),
  getProject: (request: { siteKey: string }) => ({ project: { siteKey: request.siteKey } }),
  updateProject: project,
};

/** Starts a bridge for streakd's own services on a free port. `act` replaces what a handler returns. */
export async function startBridge(act: (call: Call) => unknown = () => undefined): Promise<BridgeServer> {
  const seen: Message[] = [];
  const note =
    <Response>(respond: (request: never) => Response) =>
    async (request: Message, call: Call) => {
      seen.push(request);
      return ((await act(call)) as Response | undefined) ?? respond(request as never);
    };
  const handlersOf = <Service extends DescService>({ methods }: Service) =>
    Object.fromEntries(
      methods.map(({ localName }) => [localName, note(RESPONSES[localName] ?? (() => ({})))]),
    ) as unknown as Handlers<Service>;
  const services = new Set(contracts.map(({ method }) => method.parent));
  const methods = [...services].flatMap((service) => methodsOf<DescService>(service, handlersOf(service), contracts));
  const served = await serveMethods(routes, methods);
  onTestFinished(() => served.listener.close(0));
  const ask: BridgeServer["ask"] = async (method, path, init) => {
    const response = await fetch(served.url + path, { method, ...init });
    const bytes = await response.bytes();
    const isJson = response.headers.get("content-type") === "application/json" && bytes.length > 0;
    const json = isJson ? JSON.parse(Buffer.from(bytes).toString()) : undefined;
    return { status: response.status, headers: response.headers, bytes, json };
  };
  const record: BridgeServer["record"] = (body, headers = { "Content-Type": "application/json" }) =>
    ask("POST", "/v1/e", { headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return { ...served, seen, record, ask };
}
