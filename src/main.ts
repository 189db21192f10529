import cluster from "node:cluster";
import { pino } from "pino";
import { type App, startApp } from "./app.ts";
import { readConfig } from "./config/config.ts";
import { StartError } from "./errors.ts";
import { preparePath } from "./http/listener/listen.ts";
import { answerMetricsRequests } from "./observe/worker-metrics.ts";
import { VERSION } from "./version.ts";
import { runWorkers, signalWorkers, tellServing } from "./workers.ts";

/** A second signal within this many milliseconds is the first one again: a terminal and npm each pass on one Ctrl-C. */
const SAME_SIGNAL_MS = 1000;

/** Starts streakd as an operator does: settings from the environment, log to stdout, a signal ends it. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel });
  if (config.workers > 1 && cluster.isPrimary) {
    if (config.unixSocket !== undefined) {
      await preparePath(config.unixSocket);
    }
    answerMetricsRequests();
    runWorkers(config.workers, log);
    if (config.tls !== undefined) {
      // They read their certificate again.
      process.on("SIGHUP", () => signalWorkers("SIGHUP"));
    }
    return;
  }
  const app = await startApp(config, Date.now, log);
  let stoppingSince: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
          process.exit(1);
        }
        return;
      }
      stoppingSince = performance.now();
      log.info({ signal }, "shutting down; a second signal ends it at once");
      stop(app, signal).then(
        () => {
          log.info("stopped");
          // A worker lives as long as the first process may still ask it something.
          cluster.worker?.disconnect();
        },
        (error) => {
          log.fatal(error, "shutdown failed");
          process.exitCode = 1;
        },
      );
    });
  }

  printFirstStart(app);
  const store = config.mongodbUri === undefined ? { dataDir: config.dataDir } : { store: "MongoDB" };
  log.info({ version: VERSION, url: app.url, port: app.port, ...store }, "listening");
  tellServing();
}

/** Only SIGTERM drains. SIGINT (Ctrl-C) comes from a terminal, where no load balancer must be told. */
async function stop(app: App, signal: NodeJS.Signals): Promise<void> {
  if (signal === "SIGTERM") {
    await app.drain();
  }
  await app.close();
}

/**
 * Tells the operator what the first start made. The only place that ever shows the token, and never through the log.
 */
function printFirstStart({ url, port, firstStart: { siteKey, adminToken } }: App): void {
  const curl = port === undefined ? `curl --unix-socket ${url.replace("unix:", "")}` : "curl";
  const base = port === undefined ? "http://localhost" : url;
  const lines: string[] = [];
  if (siteKey) {
    lines.push(
      `This is the first start, so there is a project to try things with: ${siteKey}`,
      "Its widgets are for the events visit and like.",
      "",
      "  Record an event:",
      `    ${curl} -X POST ${base}/v1/e -H "Content-Type: application/json" \\`,
      `      -d '{"siteKey":"${siteKey}","userHash":"user_1","event":"visit"}'`,
      "  Read the streak:",
      `    ${curl} "${base}/v1/state?siteKey=${siteKey}&userHash=user_1&event=visit"`,
      "",
    );
  }
  if (adminToken) {
    lines.push(
      "The admin token, shown only this once, so keep it now:",
      `    ${adminToken}`,
      "  See the projects with it:",
      `    ${curl} ${base}/admin/projects -H "X-Admin-Token: ${adminToken}"`,
      "",
    );
  }
  if (lines.length > 0) {
    process.stdout.write(`\n${lines.join("\n")}\n`);
  }
}

try {
  await main();
} catch (error) {
  const reason = error instanceof StartError ? error.message : error instanceof Error ? error.stack : error;
  console.error(`streakd can't start: ${reason}`);
  process.exitCode = 1;
  cluster.worker?.disconnect();
}
