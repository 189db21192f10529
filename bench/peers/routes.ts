import fastify from "fastify";
import { announcePort } from "../measure/announce.ts";

/** An event as a caller reports it. */
export interface PeerEvent {
  readonly siteKey: string;
  readonly userHash: string;
  readonly event: string;
  readonly tz?: string;
}

/** What an ordinary service does for its two routes. */
export interface PeerService {
  /** Resolves when the event is durable, or was before; false when there is no such project or widget. */
  record(event: PeerEvent): Promise<boolean>;
  /** The state as JSON; undefined when there is no such project or widget. */
  state(of: PeerEvent): Promise<string | undefined>;
}

const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });

const event = {
  type: "object",
  required: ["siteKey", "userHash", "event"],
  properties: { siteKey: text(64), userHash: text(256), event: text(64), tz: text(64) },
};

const ok = { type: "object", properties: { ok: { type: "boolean" } } };

/** Serves the routes of `/v1` as Fastify's documentation says to: schemas in, schemas out, no log of requests. */
export async function serve(service: PeerService): Promise<void> {
  const app = fastify();

  app.post<{ Body: PeerEvent }>("/v1/e", { schema: { body: event, response: { 202: ok } } }, async (request, reply) => {
    const isKnown = await service.record(request.body);
    return isKnown ? reply.code(202).send({ ok: true }) : reply.code(400).send({ error: "INVALID_SITE_KEY" });
  });

  app.get<{ Querystring: PeerEvent }>("/v1/state", { schema: { querystring: event } }, async (request, reply) => {
    const state = await service.state(request.query);
    return state === undefined
      ? reply.code(400).send({ error: "INVALID_SITE_KEY" })
      : reply.type("application/json").send(state);
  });

  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  announcePort(Number(new URL(url).port));
}
