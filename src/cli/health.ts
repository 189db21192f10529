import type { Config } from "../config/config.ts";
import { StartError } from "../errors.ts";
import type { Subcommand } from "./subcommand.ts";

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the streakd that runs with the same settings on this machine whether it is ready: the exit code is 0 if it is,
 * or 1. Over TLS the server's certificate is not checked, since it is not made for this machine's own address. The same
 * certificate is presented to a server that asks clients for one.
 */
export const health: Subcommand = {
  name: "health",
  summary: "ask the server that runs with the same settings on this machine whether it is ready",
  failure: "streakd is not ready",
  async run({ host, port, unixSocket, tls }) {
    const everywhere = host === "0.0.0.0" || host === "::";
    const options = {
      ...(unixSocket === undefined ? { host: everywhere ? "127.0.0.1" : host, port } : { socketPath: unixSocket }),
      path: "/readyz",
      timeout: TIMEOUT_MS,
      agent: false,
    };
    const [{ readFileSync }, http, https] = await Promise.all([
      import("node:fs"),
      import("node:http"),
      import("node:https"),
    ]);
    /** Presents the certificate. Node reads it here, and throws when it can't be used. */
    const secureRequest = ({ certFile, keyFile }: NonNullable<Config["tls"]>) => {
      try {
        const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
        return https.request({ ...options, rejectUnauthorized: false, ...certificate });
      } catch (error) {
        const { message } = error as Error;
        throw new StartError(
          `TLS_CERT_FILE and TLS_KEY_FILE can't be used (${message}); name a certificate and its key`,
        );
      }
    };
    const request = tls === undefined ? http.request(options) : secureRequest(tls);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request.on("response", (response) => resolve(response.resume().statusCode));
      request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      request.on("error", ({ message }) => reject(new StartError(message)));
      request.end();
    });
    if (status !== 200) {
      throw new StartError(`it answered ${status}`);
    }
  },
};
