import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How many calls are under way at once. */
export const CALLS_AT_ONCE = 128;

/** How long to wait before a call is sent again that the server could not take, in milliseconds. */
const BACKOFF_MS = 500;

/** How often a call is sent again, for a minute at most: a server that is asked too much has caught up by then. */
const MAX_RETRIES = 120;

/** What the server says when it has done nothing and the same call may succeed later. */
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 503]);

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: it is the caller who knows the contract.
  readonly json: any;
}

/** What ends the demo, in words for the person who has started it. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** A streakd, called over HTTP with the admin token. */
export class Api {
  readonly #url: URL;
  readonly #adminToken: string;
  readonly #wait: () => Promise<unknown>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE });

  /** @param wait waits before a call is sent again */
  constructor(url: URL, adminToken: string, wait: () => Promise<unknown> = () => sleep(BACKOFF_MS)) {
    this.#url = url;
    this.#adminToken = adminToken;
    this.#wait = wait;
  }

  /** Calls an admin route. */
  admin(method: string, path: string, body?: object): Promise<Answer> {
    return this.call(method, path, body, { "X-Admin-Token": this.#adminToken });
  }

  /**
   * Calls a route, and again while the server asks to try it again.
   *
   * @throws DemoError when no server answers, or when it still asks to try again after a minute
   */
  async call(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    let answer = await this.#send(method, path, text, headers);
    for (let retries = 0; TRY_AGAIN.has(answer.status); retries++) {
      if (retries === MAX_RETRIES) {
        throw new DemoError(
          `The server at ${this.#url.origin} takes no more: ${method} ${path} is answered ${answer.status} ` +
            `${answer.json?.error ?? ""}, after ${MAX_RETRIES} retries too. ${answer.json?.message ?? ""} See what its log says.`,
        );
      }
      await this.#wait();
      answer = await this.#send(method, path, text, headers);
    }
    return answer;
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { "Content-Type": "application/json", ...headers } };
      const sent = request(new URL(path, this.#url), options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, json: jsonOf(text) }));
      });
      sent.on("error", (error) => reject(this.#explained(error)));
      sent.end(body);
    });
  }

  #explained(error: Error): Error {
    const isAway = "code" in error && error.code === "ECONNREFUSED";
    return isAway
      ? new DemoError(
          `No server answers at ${this.#url.origin}. Start one, and run this again in another terminal:\n\n` +
            "  npm start\n  npm run demo\n",
        )
      : new DemoError(`The server at ${this.#url.origin} has hung up: ${error.message}. See what its log says.`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
