import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { TestApp } from "../support/app.ts";
import { findTool, root } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";
import { EVENTS, SITE_KEY } from "./life.ts";

/** What recounts. */
export const python = findTool(
  ["python3", "-c", "import sys, zoneinfo; assert sys.version_info >= (3, 9); zoneinfo.ZoneInfo('Asia/Tokyo')"],
  "Python is missing: install Python 3.9 or later, and the time zones of the system, to recount analytics",
);

/** A question about a project. */
interface Question {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Every method, for every event and for all together, for the present and for days that are named. */
const QUESTIONS: readonly Question[] = [undefined, ...EVENTS, "unknown"].flatMap((name) => {
  const event = name === undefined ? {} : { event: name };
  const [days, months] = [
    { from: "2023-11-08", to: "2024-02-20" },
    { from: "2023-10", to: "2024-02" },
  ];
  return [
    ...["day", "week", "month"].map((granularity) => ({
      method: "activity",
      query: { granularity, ...days, ...event },
    })),
    { method: "streaks", query: event },
    { method: "survival", query: event },
    ...["activity", "retention", "hours", "milestones"].flatMap((method) => [
      { method, query: event },
      { method, query: { ...event, ...days } },
    ]),
    ...["plan", "n"].flatMap((key) => [
      { method: "metaValues", query: { key, ...event } },
      { method: "metaValues", query: { key, ...event, ...months } },
    ]),
  ];
});

/**
 * Asks all questions, and expects of each answer what a program in another language counts from the raw rows. Returns how
 * many streaks are alive today.
 */
export async function expectRecounted(app: TestApp): Promise<number> {
  const path = `/admin/projects/${SITE_KEY}`;
  // So that the answer tells whether all of it is counted.
  app.now += 1;
  const answers: object[] = [];
  for (const { method, query } of QUESTIONS) {
    answers.push(await ask(app, `${path}/analytics/${method}?${new URLSearchParams(query)}`));
  }
  const recounted = await runPython({
    now: app.now,
    project: (await app.admin("GET", path)).json,
    rows: readRows(app),
    requests: QUESTIONS.map(({ method, query }) => ({ method, ...query })),
  });
  for (const [index, question] of QUESTIONS.entries()) {
    expect({ question, answer: answers[index] }).toEqual({ question, answer: recounted[index] });
  }
  const streaks = answers[QUESTIONS.findIndex(({ method }) => method === "streaks")] as { readonly alive: number };
  return streaks.alive;
}

/** Asks until all that was recorded is counted. */
function ask(app: TestApp, path: string): Promise<object> {
  return waitUntil(async () => {
    const { status, json } = await app.admin("GET", path);
    const { countedTime, ...answer } = json;
    expect([200, 503]).toContain(status);
    return countedTime === new Date(app.now).toISOString() && answer;
  });
}

/** Reads the raw rows of the project. */
function readRows({ dataDir }: TestApp) {
  const database = new DatabaseSync(join(dataDir, "streakd.db"), { readOnly: true });
  try {
    const project = database.prepare("SELECT id FROM projects WHERE site_key = ?").get(SITE_KEY)?.id as string;
    const select = (columns: string, kinds: string) =>
      database
        .prepare(`SELECT ${columns} FROM facts WHERE project_id = ? AND kind ${kinds}`)
        .all(project)
        .map((row) => Object.values(row));
    return {
      aliases: select("user_hash, alias_of", "= 0"),
      zones: select("user_hash, tz", "= 1"),
      days: select("user_hash, event, month, days", "= 2"),
      events: select(
        "user_hash, event, day, ifnull(analytics_type, 'streak_interaction'), at, tz, session_id, meta, kind > 3",
        ">= 3",
      ),
    };
  } finally {
    database.close();
  }
}

function runPython(input: object): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const script = join(root, "test/analytics/recount.py");
    const child = execFile("python3", [script], { timeout: 60_000, maxBuffer: 2 ** 26 }, (error, stdout) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(error),
    );
    child.stdin?.end(JSON.stringify(input));
  });
}
