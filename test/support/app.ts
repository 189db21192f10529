import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { type App, startApp } from "#src/app.ts";
import { readConfig } from "#src/config/config.ts";

/** The admin token of every app that tests open. */
export const ADMIN_TOKEN = "token-of-the-tests";

/** A line that any test may have in its log, since it depends on how busy the machine is. */
const SLOW_COMMIT = '"msg":"commits are slow';

/** Friday of the contract's example week. */
const START = Date.parse("2024-01-12T12:00:00Z");

/** The whole service in this process, on a port and a data folder of its own, with a clock that the test sets. */
export interface TestApp {
  readonly url: string;
  readonly dataDir: string;
  /** Epoch milliseconds; the server reads it anew each time. */
  now: number;
  /** The lines of the log, without those about slow commits: at level warn or above, unless the test has set another. */
  readonly logged: readonly string[];
  /** Sends a JSON body; a string is sent as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Any method, with the admin token. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Records an event of the demo project for the user `u`, and expects it to be accepted. */
  record(event: Record<string, unknown>): Promise<void>;
  /** Reads a state of the demo project, for the user `u` and the event `visit` unless said otherwise. */
  state(query?: Record<string, string>): Promise<State>;
  /** Stops the service, and starts it again on the same data folder. */
  restart(): Promise<void>;
}

/** An HTTP answer; `json` is undefined when the body is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it freely, and fail where it is not what they expect
  readonly json: any;
}

/** The state answer, as far as tests look into it. */
export interface State {
  readonly meta: { readonly apiVersion: string; readonly isLive: boolean };
  readonly streak: {
    readonly mode: string;
    readonly current: number;
    readonly best: number;
    readonly todayDone: boolean;
    readonly pending: boolean;
  };
  readonly week: readonly {
    readonly isoDate: string;
    readonly label: string;
    readonly dayNumber: number;
    readonly isToday: boolean;
    readonly isCheckedIn: boolean;
  }[];
  readonly milestones: readonly { readonly id: string; readonly target: number; readonly achieved: boolean }[];
  readonly settings: unknown;
}

/**
 * Opens the service; it is closed, and its data removed, when the test ends.
 *
 * @param settings environment variables; the log holds level warn and above unless they say otherwise
 */
export async function openApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const { app, close } = await open(settings);
  onTestFinished(close);
  return app;
}

/**
 * Opens one service for the tests of a file that need no service of their own: their requests are refused, or their users
 * are not those of other tests. Each of them begins with an empty log.
 */
export function useApp(settings: Record<string, string> = {}): { readonly app: TestApp } {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open(settings);
  });
  beforeEach(() => opened.forgetLog());
  afterAll(() => opened.close());
  return {
    get app() {
      return opened.app;
    },
  };
}

async function open(settings: Record<string, string> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-test-"));
  const env = { PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir, ADMIN_TOKEN, LOG_LEVEL: "warn", ...settings };
  const config = readConfig(env);
  const logged: string[] = [];
  const keep = (line: string) => {
    if (!line.includes(SLOW_COMMIT)) {
      logged.push(line);
    }
  };
  const log = pino({ level: config.logLevel }, { write: keep });
  const clock = { now: START };
  let running: App;

  async function start(): Promise<void> {
    running = await startApp(
      config,
      () => clock.now,
      log,
      () => 0,
    );
  }

  async function call(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${running.port}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  const jsonBody = (body: unknown): string | Uint8Array<ArrayBuffer> =>
    typeof body === "string" || body instanceof Uint8Array
      ? (body as string | Uint8Array<ArrayBuffer>)
      : JSON.stringify(body);

  await start();
  const app: TestApp = {
    get url() {
      return `http://127.0.0.1:${running.port}`;
    },
    get now() {
      return clock.now;
    },
    set now(now: number) {
      clock.now = now;
    },
    dataDir,
    logged,
    post: (path, body, headers = {}) =>
      call("POST", path, { "Content-Type": "application/json", ...headers }, jsonBody(body)),
    get: (path, headers = {}) => call("GET", path, headers),
    admin: (method, path, body) =>
      call(
        method,
        path,
        { "X-Admin-Token": ADMIN_TOKEN, ...(body !== undefined && { "Content-Type": "application/json" }) },
        body === undefined ? undefined : jsonBody(body),
      ),
    async record(event) {
      const answer = await app.post("/v1/e", { siteKey: "proj_demo", userHash: "u", event: "visit", ...event });
      if (answer.status !== 202) {
        throw new Error(`not accepted: ${answer.status} ${answer.text}`);
      }
    },
    async state(query = {}) {
      const search = new URLSearchParams({ siteKey: "proj_demo", userHash: "u", event: "visit", ...query });
      const answer = await app.get(`/v1/state?${search}`);
      if (answer.status !== 200) {
        throw new Error(`no state: ${answer.status} ${answer.text}`);
      }
      return answer.json;
    },
    async restart() {
      await running.close();
      await start();
    },
  };
  return {
    app,
    forgetLog: () => void logged.splice(0),
    async close() {
      await running.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
