import { setTimeout as sleep } from "node:timers/promises";
import { DAY_MS, isoDate, isoMonth } from "#src/domain/day.ts";
import { ADMIN_TOKEN } from "../load/load.ts";
import { nameOf } from "./histories.ts";

/** How many events are sent at a time while events are recorded. */
const SENT_AT_ONCE = 16;

/** How long a store may take to be counted, in milliseconds. */
const COUNTING_MS = 60 * 60 * 1000;

/** How long to wait before asking again whether all is counted, in milliseconds. */
const PAUSE_MS = 1_000;

const HEADERS = { "X-Admin-Token": ADMIN_TOKEN };

/** The times of the calls of a method, in milliseconds. */
export interface Times {
  readonly method: string;
  readonly p50: number;
  readonly p95: number;
}

const BY_WEEK = "activity, by week";

/** Returns the calls to measure, each about a year that ends today: what a method is called, and its path. */
function callsOf(siteKey: string): readonly (readonly [method: string, path: string])[] {
  const today = Math.floor(Date.now() / DAY_MS);
  const year = `from=${isoDate(today - 364)}&to=${isoDate(today)}`;
  const months = `from=${isoMonth(today - 364)}&to=${isoMonth(today)}`;
  const paths: Readonly<Record<string, string>> = {
    "activity, by day": `activity?${year}&granularity=day`,
    [BY_WEEK]: `activity?${year}&granularity=week`,
    "activity, by month": `activity?${year}&granularity=month`,
    "activity of an event": `activity?${year}&granularity=day&event=visit`,
    streaks: "streaks",
    survival: "survival",
    retention: `retention?${year}`,
    hours: `hours?${year}`,
    milestones: `milestones?${year}`,
    metaValues: `metaValues?key=plan&${months}`,
  };
  return Object.entries(paths).map(([method, path]) => [method, `/admin/projects/${siteKey}/analytics/${path}`]);
}

/** Waits until everything that is recorded by now is counted. Returns how long that took, in milliseconds. */
export async function waitUntilCounted(url: string, siteKey: string): Promise<number> {
  const began = Date.now();
  while (Date.now() - began < COUNTING_MS) {
    const answer = await fetch(`${url}/admin/projects/${siteKey}/analytics/streaks`, { headers: HEADERS });
    const { countedTime } = (await answer.json()) as { countedTime?: string };
    if (answer.status === 200 && Date.parse(countedTime ?? "") >= began) {
      return Date.now() - began;
    }
    await sleep(PAUSE_MS);
  }
  throw new Error(`the project is not counted after ${COUNTING_MS / 60_000} minutes`);
}

/** Measures each method, one call after another. */
export async function measureMethods(url: string, siteKey: string, calls: number): Promise<Times[]> {
  const measured: Times[] = [];
  for (const [method, path] of callsOf(siteKey)) {
    const times: number[] = [];
    for (let call = 0; call < calls; call++) {
      const start = performance.now();
      const answer = await fetch(url + path, { headers: HEADERS });
      const text = await answer.text();
      times.push(performance.now() - start);
      if (answer.status !== 200) {
        throw new Error(`${path} answers ${answer.status}: ${text}`);
      }
      if (method === BY_WEEK) {
        assertByWeek(text);
      }
    }
    times.sort((one, other) => one - other);
    const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] as number;
    measured.push({ method, p50: at(0.5), p95: at(0.95) });
  }
  return measured;
}

/** Throws unless an answer is by week: what the server does not know of a query, it ignores. */
function assertByWeek(text: string): void {
  const { periods } = JSON.parse(text) as { periods: readonly { isoDate: string }[] };
  const [first, second] = periods.map(({ isoDate }) => Date.parse(isoDate) / DAY_MS);
  if (first === undefined || second !== first + 7) {
    throw new Error(`the activity by week is not by week: ${text.slice(0, 200)}`);
  }
}

/**
 * Records events of users of all parts of the project while `work` runs. Returns what it returns, and how many events a
 * second were recorded.
 */
export async function whileRecording<T>(
  url: string,
  siteKey: string,
  users: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly perSecond: number }> {
  let isOver = false;
  let sent = 0;
  async function send(): Promise<void> {
    while (!isOver) {
      // A prime: each event is of another part of the users.
      const userHash = nameOf((sent * 7_368_787) % users);
      sent += 1;
      const body = JSON.stringify({ siteKey, userHash, event: "lesson_done" });
      const answer = await fetch(`${url}/v1/e`, { method: "POST", body });
      await answer.text();
      if (answer.status !== 202) {
        throw new Error(`an event was answered ${answer.status}`);
      }
    }
  }
  const began = performance.now();
  const sending = Promise.all(Array.from({ length: SENT_AT_ONCE }, send));
  try {
    const result = await work();
    return { result, perSecond: (sent * 1000) / (performance.now() - began) };
  } finally {
    isOver = true;
    await sending;
  }
}
