import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { EVENT, SITE_KEY } from "../load/load.ts";

/** How long a visitor waits for an answer, in milliseconds. Longer than streakd lets an event wait. */
const PATIENCE_MS = 15_000;

/** How often each kind of visit begins while a crowd is there, in milliseconds, whether the one before has ended or not. */
const PACE_MS = { event: 25, healthz: 100, readyz: 100 };

/** What came of one request. */
export interface Visit {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly ms: number;
  /** Whether the answer said when to come again. */
  readonly toldWhen: boolean;
}

/** What came of all requests of a kind. */
export type Visits = Readonly<Record<keyof typeof PACE_MS, readonly Visit[]>>;

let visitors = 0;

/** Reports the event of a new user, on a connection of its own. */
export function visit(url: string): Promise<Visit> {
  visitors += 1;
  const body = JSON.stringify({ siteKey: SITE_KEY, userHash: `visitor-${visitors}`, event: EVENT });
  return send(`${url}/v1/e`, body);
}

/** Visits at a steady pace, as a user of the crowd and as health checks do, while something lasts. */
export async function visitDuring(url: string, event: Promise<unknown>): Promise<Visits> {
  const visits: Record<keyof typeof PACE_MS, Promise<Visit>[]> = { event: [], healthz: [], readyz: [] };
  const timers = [
    setInterval(() => visits.event.push(visit(url)), PACE_MS.event),
    setInterval(() => visits.healthz.push(send(`${url}/healthz`)), PACE_MS.healthz),
    setInterval(() => visits.readyz.push(send(`${url}/readyz`)), PACE_MS.readyz),
  ];
  await event.finally(() => timers.forEach(clearInterval));
  return {
    event: await Promise.all(visits.event),
    healthz: await Promise.all(visits.healthz),
    readyz: await Promise.all(visits.readyz),
  };
}

/** Visits one after the other, alone. */
export async function visitAlone(url: string, count: number): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (let number = 0; number < count; number += 1) {
    visits.push(await visit(url));
    await pause(1);
  }
  return visits;
}

function send(url: string, body?: string): Promise<Visit> {
  const start = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, toldWhen: boolean) => resolve({ status, ms: performance.now() - start, toldWhen });
    const sent = request(
      url,
      {
        agent: false,
        method: body === undefined ? "GET" : "POST",
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => end(answer.statusCode ?? 0, answer.headers["retry-after"] !== undefined));
        answer.on("error", () => end(0, false));
      },
    );
    sent.on("error", () => end(0, false));
    sent.end(body);
  });
}
