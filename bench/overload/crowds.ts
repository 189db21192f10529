import { h2loadLog, percentile, sorted } from "../load/h2load.ts";
import { EVENT, knownUser, SITE_KEY } from "../load/load.ts";
import { wrkReport } from "../load/wrk.ts";

/** What a crowd was answered. */
export interface CrowdAnswers {
  readonly seconds: number;
  /** Answers with 202, with 503, and with anything else. */
  readonly accepted: number;
  readonly shed: number;
  readonly other: number;
  /** Requests and connections that failed; undefined where they can't be told from those that the end cut off. */
  readonly broken: number;
  /** How many of the 503 had a `Retry-After`; undefined where the generator does not say. */
  readonly toldWhen?: number;
  /** The latency of what was accepted, in milliseconds; undefined where the generator does not say. */
  readonly acceptedP50Ms?: number;
  readonly acceptedP99Ms?: number;
}

/** Far more clients than the server has use for. */
export interface Crowd {
  readonly description: string;
  come(url: string, seconds: number): Promise<CrowdAnswers>;
}

/** An event over HTTP/2, always of the same user: h2load can't change it. */
const EVENT_OVER_H2 = {
  path: "/v1/e",
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ siteKey: SITE_KEY, userHash: knownUser(0), event: EVENT })),
  answerBytes: 1,
};

/** How many requests an HTTP/2 client has in flight at the most: as many as the server lets it. */
const STREAMS = 100;

/** Clients that each wait for an answer, whatever it is, and at once report the event of another new user. */
export function crowdOfClients(clients: number, threads: number): Crowd {
  return {
    description: `${clients} clients (wrk), each sends at once when it was answered; new users`,
    come: (url, seconds) =>
      wrkReport<CrowdAnswers>(url, "overload", { connections: clients, seconds, threads }, { protocol: "rest" }),
  };
}

/** Clients that together begin so many requests a second, whether those before are answered or not. */
export function crowdAtRate(offered: number, clients: number, threads: number): Crowd {
  return {
    description: `${Math.round(offered)} requests a second offered over ${clients} HTTP/2 connections (h2load), at most ${clients * STREAMS} in flight; one user`,
    async come(url, seconds) {
      const pressure = { connections: clients, seconds, threads, streams: STREAMS, offered };
      const { answers, errors } = await h2loadLog(url, EVENT_OVER_H2, pressure);
      const accepted = answers.filter(({ status }) => status === 202);
      const shed = answers.filter(({ status }) => status === 503).length;
      const latencies = sorted(accepted);
      return {
        seconds,
        accepted: accepted.length,
        shed,
        other: answers.length - accepted.length - shed,
        broken: errors,
        acceptedP50Ms: percentile(latencies, 50),
        acceptedP99Ms: percentile(latencies, 99),
      };
    },
  };
}

/** How many such events a second the server accepts from clients that wait for each answer. */
export async function capacityOverH2(url: string, connections: number, seconds: number): Promise<number> {
  const { answers } = await h2loadLog(url, EVENT_OVER_H2, { connections, seconds, threads: 1 });
  return answers.filter(({ status }) => status === 202).length / seconds;
}
