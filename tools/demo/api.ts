import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How many calls are under way at once. */
export const CALLS_AT_ONCE = 128;

/** How long to wait before a call is sent again that the server could not take, in milliseconds. */
const BACKOFF_MS = 500;

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
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE });

  constructor(url: URL, adminToken: string) {
    this.#url = url;
    this.#adminToken = adminToken;
  }

  /** Calls an admin route. */
  admin(method: string, path: string, body?: object): Promise<Answer> {
    return this.call(method, path, body, { "X-Admin-Token": this.#adminToken });
  }

  /**
   * Calls a route, as often as the server asks to try it again.
   *
   * @throws DemoError when no server answers
   */
  async call(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.#send(method, path, body === undefined ? "" : JSON.stringify(body), headers);
      if (!TRY_AGAIN.has(answer.status)) {
        return answer;
      }
      await sleep(BACKOFF_MS);
    }
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
