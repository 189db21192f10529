import { readFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { readConfig } from "./config/config.ts";
import { StartError } from "./errors.ts";

/**
 * The health check of the image. Asks the streakd that runs with the same settings on this machine whether it is ready,
 * and exits with 0 if it is, or 1. Over TLS the server's certificate is not checked, since it is not made for this
 * machine's own address. The same certificate is presented to a server that asks clients for one.
 */
function main(): void {
  const { host, port, unixSocket, tls } = readConfig(process.env);
  const everywhere = host === "0.0.0.0" || host === "::";
  const options = {
    ...(unixSocket === undefined ? { host: everywhere ? "127.0.0.1" : host, port } : { socketPath: unixSocket }),
    path: "/readyz",
    timeout: 5_000,
  };
  const request =
    tls === undefined
      ? requestHttp(options)
      : requestHttps({
          ...options,
          rejectUnauthorized: false,
          cert: readFileSync(tls.certFile),
          key: readFileSync(tls.keyFile),
        });
  request.on("response", ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
  request.on("timeout", () => process.exit(1));
  request.on("error", ({ message }) => {
    console.error(message);
    process.exit(1);
  });
  request.end();
}

try {
  main();
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}
